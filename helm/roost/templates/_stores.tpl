{{/*
One instance of each store, for trying out. Its objects stay when the release is uninstalled: tenants live on in them.
*/}}
{{- define "roost.keep" -}}
annotations:
  helm.sh/resource-policy: keep
{{- end -}}

{{- define "roost.storeSelector" -}}
app.kubernetes.io/name: roost-{{ .store }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- define "roost.storePort" -}}
{{- if eq . "redis" }}6379{{ else }}5432{{ end -}}
{{- end -}}

{{/* A quantity of storage in bytes. The API server writes quantities in another way than people: 1.5Gi as 1536Mi. */}}
{{- define "roost.bytes" -}}
{{- $factors := dict "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 -}}
{{- $_ := merge $factors (dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624) -}}
{{- $number := regexFind "^[0-9.]+" . -}}
{{- mulf (float64 $number) (get $factors (trimPrefix $number .) | default 1) | printf "%.0f" -}}
{{- end -}}

{{/* Fails where an upgrade would change what a StatefulSet cannot change. */}}
{{- define "roost.sameVolume" -}}
{{- $name := printf "roost-%s" .store -}}
{{- $there := lookup "apps/v1" "StatefulSet" .root.Release.Namespace $name -}}
{{- with ($there.spec | default dict).volumeClaimTemplates -}}
{{- $spec := (first .).spec -}}
{{- $is := $spec.resources.requests.storage -}}
{{- $class := $spec.storageClassName | default "" -}}
{{- if or (ne (include "roost.bytes" $is) (include "roost.bytes" $.values.storage)) (ne $class $.values.storageClassName) -}}
{{- fail (printf "%s.inChart: the volume of StatefulSet %s was made with storage %s and storageClassName %q, which cannot be changed any more. Set these again; docs/operations/upgrade.md says how a volume is made larger." $.store $name $is $class) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "roost.statefulSet" -}}
{{- include "roost.sameVolume" . -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: roost-{{ .store }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "roost.labels" .root | nindent 4 }}
    {{- include "roost.storeSelector" . | nindent 4 }}
  {{- include "roost.keep" . | nindent 2 }}
spec:
  serviceName: roost-{{ .store }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "roost.storeSelector" . | nindent 6 }}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .values.storageClassName }}
        storageClassName: {{ . }}
        {{- end }}
        resources: {requests: {storage: {{ .values.storage }}}}
  template:
    metadata:
      labels:
        app.kubernetes.io/part-of: roost
        {{- include "roost.storeSelector" . | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 60
      {{- with .root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- include "roost.user" (dict "root" .root "user" 999 "group" true) | nindent 8 }}
{{- end -}}

{{- define "roost.redis" }}
{{- $values := .Values.redis.inChart }}
---
{{ include "roost.statefulSet" (dict "root" . "store" "redis" "values" $values) }}
      containers:
        - name: redis
          image: {{ $values.image | quote }}
          # What an edge acknowledged is on disk, and nothing is ever thrown out to make room.
          args:
            - redis-server
            - /etc/roost/redis.conf
            - --dir
            - /data
            - --appendonly
            - "yes"
            - --appendfsync
            - always
            - --maxmemory-policy
            - noeviction
            {{- /* Below what the kernel kills it at: what it is asked then is refused, and what it has stays. The rest is for
                the copy that rewriting its log makes, and for connections. */}}
            {{- with dig "limits" "memory" "" $values.resources }}
            - --maxmemory
            - {{ include "roost.bytes" (toString .) | float64 | mulf 0.7 | printf "%.0f" | quote }}
            {{- end }}
          ports:
            - {name: redis, containerPort: 6379}
          livenessProbe:
            tcpSocket: {port: redis}
            failureThreshold: 6
          readinessProbe:
            # By the file, which follows the Secret.
            exec: {command: [sh, -c, "REDISCLI_AUTH=\"$(cat /etc/roost/password)\" redis-cli ping | grep -q PONG"]}
            periodSeconds: 5
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            {{- include "roost.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - {name: data, mountPath: /data}
            - {name: secret, mountPath: /etc/roost, readOnly: true}
      volumes:
        - name: secret
          secret:
            secretName: roost-redis
            defaultMode: 0440
            items: [{key: redis.conf, path: redis.conf}, {key: password, path: password}]
{{- end }}

{{- define "roost.postgres" }}
{{- $values := .Values.postgres.inChart }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: roost-postgres-init
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "roost.labels" . | nindent 4 }}
  {{- include "roost.keep" . | nindent 2 }}
data:
  roost.sh: |
    {{- .Files.Get "files/postgres-init.sh" | nindent 4 }}
---
{{ include "roost.statefulSet" (dict "root" . "store" "postgres" "values" $values) }}
      containers:
        - name: postgres
          image: {{ $values.image | quote }}
          env:
            - {name: PGDATA, value: /var/lib/postgresql/data/pgdata}
            - {name: POSTGRES_PASSWORD_FILE, value: /etc/roost/superuser}
            - {name: POSTGRES_INITDB_ARGS, value: --encoding=UTF8 --locale=C.UTF-8 --data-checksums}
          ports:
            - {name: postgres, containerPort: 5432}
          livenessProbe:
            tcpSocket: {port: postgres}
            failureThreshold: 6
          readinessProbe:
            exec: {command: [pg_isready, -U, postgres, -h, 127.0.0.1]}
            periodSeconds: 5
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            {{- include "roost.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - {name: data, mountPath: /var/lib/postgresql/data}
            - {name: run, mountPath: /var/run/postgresql}
            - {name: tmp, mountPath: /tmp}
            - {name: shm, mountPath: /dev/shm}
            - {name: secret, mountPath: /etc/roost, readOnly: true}
            - {name: init, mountPath: /docker-entrypoint-initdb.d, readOnly: true}
      volumes:
        - {name: run, emptyDir: {}}
        - {name: tmp, emptyDir: {}}
        - {name: shm, emptyDir: {medium: Memory, sizeLimit: 64Mi}}
        - {name: init, configMap: {name: roost-postgres-init}}
        - name: secret
          secret:
            secretName: roost-postgres
            defaultMode: 0440
            items: [{key: superuser, path: superuser}, {key: password, path: password}]
{{- end }}
