// What the containers of edges and of workers have in common.

import KubeClient
import Tenant

extension CellManifests {
    static func probe(_ path: String, period: Int64, failures: Int64) -> JSON {
        [
            "httpGet": ["path": .string(path), "port": "metrics"], "periodSeconds": .integer(period),
            "failureThreshold": .integer(failures), "timeoutSeconds": 2,
        ]
    }

    /// What a pod is told beside its configuration: what it is called, and where the stores are.
    static func environment(_ spec: CellSpec) -> [JSON] {
        var variables: [JSON] = [
            ["name": "ROOST_POD_NAME", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]]
        ]
        func secret(_ name: String, _ reference: SecretKeyReference?) {
            guard let reference else { return }
            variables.append([
                "name": .string(name),
                "valueFrom": [
                    "secretKeyRef": ["name": .string(reference.name), "key": .string(reference.key)]
                ],
            ])
        }
        if spec.redis.count > 1 {
            // The kubelet puts the addresses together: nobody else reads them.
            let redis = spec.redis
            for (index, one) in redis.enumerated() { secret("ROOST_REDIS_\(index)", one.secret) }
            let all = redis.enumerated().map { index, one in
                index == 0 ? "$(ROOST_REDIS_0)" : "\(one.name)=$(ROOST_REDIS_\(index))"
            }
            variables.append(["name": "ROOST_REDIS_URL", "value": .string(all.joined(separator: " "))])
        } else {
            secret("ROOST_REDIS_URL", spec.redis.first?.secret)
        }
        secret("ROOST_DATABASE_URL", spec.postgres)
        return variables
    }
}
