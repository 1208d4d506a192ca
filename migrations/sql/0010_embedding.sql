-- The sites that may show a clinic's booking pages inside their own: scheme, host and port, as a policy header names them.
ALTER TABLE tenants ADD COLUMN embed_origins TEXT[] DEFAULT '{}' NOT NULL;
ALTER TABLE tenants ADD CONSTRAINT tenant_embed_origins CHECK (
    cardinality(embed_origins) <= 20
    AND array_position(embed_origins, NULL) IS NULL
    AND array_to_string(embed_origins, ' ') ~ '^(https?://[a-z0-9.-]+(:[0-9]{1,5})?( |$))*$'
);
