"""The folder of tenants that an edge serves, written as its owner would write it."""

import json
import pathlib


class Tenants:
    """Files of a tenants folder; every change is one rename, so that no half file is ever seen."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def path(self, name: str) -> pathlib.Path:
        return self.folder / f"{name}.yaml"

    def write(self, name: str, text: str) -> None:
        whole = self.folder / f".{name}.tmp"
        whole.write_text(text)
        whole.rename(self.path(name))

    def plan(self, name: str = "open", features: str = "WebSocket, History", **quotas: int) -> None:
        self.write(f"plan-{name}", (
            "apiVersion: roost.chat/v1alpha1\nkind: Plan\n"
            f"metadata: {{name: {name}}}\nspec:\n  features: [{features}]\n  quotas: {json.dumps(quotas)}\n"
        ))

    def tenant(
        self, name: str, hostnames: list[str] | None = None, plan: str = "open", motd: str = "", state: str = "Active",
        admins: dict[str, str] | None = None, spec: dict | None = None, **quotas: int,
    ) -> None:  # fmt: skip
        """Writes a tenant; JSON is YAML, so values need no quoting rules of our own."""
        admins = admins or {}
        body = {
            "hostnames": hostnames or [f"{name}.localhost"],
            "planRef": {"name": plan},
            "state": state,
            "quotas": quotas,
            "admins": [
                {"account": account, "passwordSecretRef": {"name": f"{name}-{account}", "key": "password"}}
                for account in admins
            ],
            **({"motd": motd} if motd else {}),
            **(spec or {}),
        }
        documents = [
            "apiVersion: roost.chat/v1alpha1\nkind: Tenant\n"
            f"metadata: {{name: {name}}}\nspec:\n"
            + "".join(f"  {key}: {json.dumps(value)}\n" for key, value in body.items())
        ]
        for account, password in admins.items():
            documents.append(
                f"apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}-{account}}}\n"
                f"stringData: {{password: {json.dumps(password)}}}\n"
            )
        self.write(name, "---\n".join(documents))

    def delete(self, name: str) -> None:
        self.path(name).unlink()
