import Yams

/// What became of one document.
struct ResourceDocument {
    /// The resources without errors; several only for a `List`.
    var resources: [AnyResource] = []
    /// Everything that is wrong.
    var errors: [ResourceError] = []
    /// The resources that are left out for an error, as far as their names could be read.
    var broken: Set<ResourceKey> = []
    /// Whether something is left out whose name could not be read.
    var brokenUnnamed = false
    /// What the resources say that does nothing.
    private var warnings: [ResourceError] = []

    /// Reads a document.
    init(_ document: YAMLDocument, file: String, ignoringUnknownFields: Bool = false) {
        let root = (node: document.root, path: "")
        let log = ErrorLog(
            file: file,
            linesBefore: document.linesBefore,
            repeatedKeys: document.repeatedKeys,
            ignoresUnknownFields: ignoringUnknownFields
        )
        self.read(FieldCursor(node: root.node, path: root.path, fallback: nil, log: log), depth: 0)
        self.errors = log.errors + self.warnings
    }

    private mutating func read(_ cursor: FieldCursor, depth: Int) {
        guard case .mapping(let mapping) = cursor.node else {
            cursor.log.report(
                .wrongType,
                nil,
                at: cursor.position,
                "is no resource: write apiVersion, kind, metadata, spec"
            )
            self.brokenUnnamed = true
            return
        }
        let before = cursor.log.errors.count
        // Those of the item before, which was left out.
        _ = cursor.log.takeWarnings()
        let fields = ObjectFields(mapping, at: cursor)
        let version = fields["apiVersion"].required("write roost.chat/v1alpha1, or v1 for a Secret").string()
        let kind = fields["kind"].required("write one of Plan, Tenant, Cell, TenantGrant, TenantQuota, Secret").string()
        guard let version, let kind else {
            self.brokenUnnamed = true
            return
        }
        if version == "v1", kind == "List", depth == 0 {
            self.readList(fields, log: cursor.log, errorsBefore: before)
            return
        }
        guard let known = self.kind(version: version, kind: kind, fields) else { return }
        self.read(known, fields, cursor, errorsBefore: before)
    }

    /// The kind if it is one of ours; a word about it if it is none.
    private mutating func kind(version: String, kind: String, _ fields: ObjectFields) -> ResourceKind? {
        if let known = ResourceKind(rawValue: kind), known.apiVersion == version { return known }
        if kind == "List" {
            self.brokenUnnamed = true
            fields["kind"].report(.badValue, "is read only as v1 and not within another: write its items out")
        } else if version.hasPrefix("roost.chat/") || ResourceKind(rawValue: kind).map({ $0 != .secret }) == true {
            self.brokenUnnamed = true
            let kinds = ResourceKind.allCases.filter { $0 != .secret }.map(\.rawValue)
            if kinds.contains(kind) {
                fields["apiVersion"].report(
                    .badValue,
                    "\(FieldCursor.quoted(version)) is not served: write roost.chat/v1alpha1"
                )
            } else {
                let advice = Spelling.nearest(to: kind, in: kinds).map { "did you mean \($0)?" }
                fields["kind"].report(
                    .badValue,
                    "\(FieldCursor.quoted(kind)) is no kind of roost.chat: \(advice ?? "choose one of \(kinds.joined(separator: ", "))")"
                )
            }
        } else {
            fields["kind"].report(
                .otherKind,
                "\(FieldCursor.quoted(kind)) of \(FieldCursor.quoted(version)) is none of Roost's kinds and is passed over"
            )
        }
        return nil
    }

    private mutating func readList(_ fields: ObjectFields, log: ErrorLog, errorsBefore: Int) {
        var items: [FieldCursor] = []
        _ = fields["items"].required("write [] for none").list { item in items.append(item) }
        fields.ignore("metadata")
        fields.reportUnknown()
        // Whatever is wrong with the list itself, items may have been meant that are not here.
        if log.errors.count != errorsBefore { self.brokenUnnamed = true }
        for item in items {
            log.resource = nil
            self.read(item, depth: 1)
        }
    }

    private mutating func read(_ kind: ResourceKind, _ fields: ObjectFields, _ cursor: FieldCursor, errorsBefore: Int) {
        let log = cursor.log
        // The name first, so that every error says whose it is.
        if case .mapping(let meta) = fields["metadata"].node, let name = meta["name"]?.scalar?.string {
            log.resource = "\(kind.rawValue) \(name)"
        }
        let metadata = ObjectMeta.read(fields["metadata"])
        fields.ignore("status")
        var plan: PlanSpec?
        var tenant: TenantSpec?
        var cell: CellSpec?
        var grant: TenantGrantSpec?
        var quota: TenantQuotaSpec?
        var data: [String: Redacted<[UInt8]>] = [:]
        switch kind {
        case .plan: plan = fields["spec"].isPresent ? PlanSpec.read(fields["spec"]) : PlanSpec()
        case .tenant: tenant = TenantSpec.read(fields["spec"].required("write hostnames and planRef"))
        case .cell: cell = fields["spec"].isPresent ? CellSpec.read(fields["spec"]) : CellSpec()
        case .tenantGrant:
            grant = fields["spec"].isPresent ? TenantGrantSpec.read(fields["spec"]) : TenantGrantSpec()
        case .tenantQuota:
            quota = fields["spec"].isPresent ? TenantQuotaSpec.read(fields["spec"]) : TenantQuotaSpec()
        case .secret: data = SecretResource.readData(fields)
        }
        fields.reportUnknown()
        var id: TenantID?
        if kind == .tenant, let metadata {
            id = TenantID(metadata.name)
            if id == nil {
                log.report(
                    .badValue,
                    "metadata.name",
                    at: log.positions["metadata.name"],
                    "\(FieldCursor.quoted(metadata.name)) is no tenant name: \(ObjectMeta.labelRule)"
                )
            }
        }
        guard let metadata else {
            self.brokenUnnamed = true
            return
        }
        guard log.errors.count == errorsBefore else {
            self.broken.insert(ResourceKey(kind, metadata))
            return
        }
        self.warnings += log.takeWarnings()
        let source = ResourceSource(
            file: log.file,
            resource: "\(kind.rawValue) \(metadata.name)",
            positions: Self.positions(log, under: cursor.path)
        )
        if let plan {
            self.resources.append(.plan(PlanResource(metadata: metadata, spec: plan, source: source)))
        } else if let tenant, let id {
            self.resources.append(.tenant(TenantResource(id: id, metadata: metadata, spec: tenant, source: source)))
        } else if let cell {
            self.resources.append(.cell(CellResource(metadata: metadata, spec: cell, source: source)))
        } else if let grant {
            let resource = TenantGrantResource(metadata: metadata, spec: grant, source: source)
            self.resources.append(.tenantGrant(resource))
        } else if let quota {
            let resource = TenantQuotaResource(metadata: metadata, spec: quota, source: source)
            self.resources.append(.tenantQuota(resource))
        } else if kind == .secret {
            self.resources.append(.secret(SecretResource(metadata: metadata, data: data, source: source)))
        }
    }

    /// The places of an item's fields, without the list's part of the path.
    private static func positions(_ log: ErrorLog, under path: String) -> [String: SourcePosition] {
        guard !path.isEmpty else { return log.positions }
        var positions: [String: SourcePosition] = [:]
        for (field, position) in log.positions {
            if field == path { positions[""] = position }
            if field.hasPrefix(path + ".") { positions[String(field.dropFirst(path.count + 1))] = position }
        }
        return positions
    }
}
