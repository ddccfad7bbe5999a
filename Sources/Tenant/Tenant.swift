// Tenant
