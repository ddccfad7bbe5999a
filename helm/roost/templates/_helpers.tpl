{{/* The name of the operator's objects. */}}
{{- define "roost.name" -}}
{{- .Values.fullnameOverride | default "roost-operator" | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "roost.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "roost.name" .) -}}
{{- end -}}

{{- define "roost.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}{{ $image.repository }}@{{ $image.digest }}
{{- else -}}{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}{{- end -}}
{{- end -}}

{{/* What tenants refer to, of a Role or the ClusterRole. */}}
{{- define "roost.tenantRules" -}}
- apiGroups: [roost.chat]
  resources: [tenantgrants, tenantquotas]
  verbs: [list, watch]
- apiGroups: [roost.chat]
  resources: [tenantgrants/status, tenantquotas/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
{{- if or .Values.operator.certificateIssuer (not .Values.operator.namespaces) }}
- apiGroups: [cert-manager.io]
  resources: [certificates]
  verbs: [list, create, patch]
{{- end }}
{{ include "roost.eventRules" . }}
{{- end -}}

{{- define "roost.eventRules" -}}
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/* Whose processes a pod's are; where the platform chooses, as OpenShift does, nobody else may. */}}
{{- define "roost.user" -}}
runAsNonRoot: true
{{- if not .root.Values.userFromPlatform }}
runAsUser: {{ .user }}
runAsGroup: {{ .user }}
{{- if .group }}
fsGroup: {{ .user }}
{{- end }}
{{- end }}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{/* What selects the operator's pods; never changed, since a Deployment's selector cannot be. */}}
{{- define "roost.selector" -}}
app.kubernetes.io/name: roost-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels of a pod: nothing that another version of the chart would change, since that would restart it. */}}
{{- define "roost.operatorPodLabels" -}}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: roost
{{ include "roost.selector" . }}
{{- end -}}

{{/* Labels of everything in the chart that is no CustomResourceDefinition. */}}
{{- define "roost.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "roost.common" . }}
{{- end -}}

{{- define "roost.common" -}}
app.kubernetes.io/part-of: roost
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "roost.operatorLabels" -}}
{{ include "roost.labels" . }}
app.kubernetes.io/component: operator
{{ include "roost.selector" . }}
{{- end -}}

{{/* What selects the pod of `helm test`, which may always read the operator's metrics port. */}}
{{- define "roost.testSelector" -}}
app.kubernetes.io/name: roost-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "roost.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* The ports that a store's address names: of its hosts, which are between the password's @ and the path, and as ?port=. */}}
{{- define "roost.urlPorts" -}}
{{- $place := regexReplaceAll "^[a-z]+://(.*@)?" . "" -}}
{{- $found := regexFindAll ":[0-9]+(,|$)" (regexFind "^[^/?#]*" $place) -1 -}}
{{- regexFindAll "[?&]port=[0-9,]+" $place -1 | concat $found | join " " -}}
{{- end -}}

{{/*
An object of one of our kinds. Helm looks up the kinds of all objects before it creates the first one, so that on a
cluster without the definitions such an object cannot be in the same release as these. There it is made by a hook, after
the definitions, with the marks by which the next upgrade takes it into the release.
*/}}
{{- define "roost.ownObject" -}}
{{- $root := .root -}}
apiVersion: roost.chat/v1alpha1
kind: {{ .kind }}
metadata:
  name: {{ .name }}
  labels:
    {{- include "roost.labels" $root | nindent 4 }}
  annotations:
    helm.sh/resource-policy: keep
    {{- if not ($root.Capabilities.APIVersions.Has (printf "roost.chat/v1alpha1/%s" .kind)) }}
    helm.sh/hook: post-install,post-upgrade
    helm.sh/hook-delete-policy: hook-failed
    meta.helm.sh/release-name: {{ $root.Release.Name }}
    meta.helm.sh/release-namespace: {{ $root.Release.Namespace }}
    {{- end }}
spec:
  {{- toYaml .spec | nindent 2 }}
{{- end -}}
