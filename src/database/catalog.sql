WITH t AS (
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition AND c.relname NOT LIKE '\_sqlx\_%'
)
SELECT json_build_object(
    'types', (
        SELECT coalesce(json_agg(json_build_object(
            'name', y.typname,
            'values', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = y.oid)
        ) ORDER BY y.typname), '[]')
        FROM pg_type y WHERE y.typtype = 'e' AND y.typnamespace = current_schema()::regnamespace
    ),
    'tables', (
        SELECT coalesce(json_agg(json_build_object(
            'name', t.relname,
            'comment', obj_description(t.oid, 'pg_class'),
            'columns', (
                SELECT coalesce(json_agg(json_build_object(
                    'name', a.attname,
                    'type', format_type(a.atttypid, a.atttypmod),
                    'nullable', NOT a.attnotnull,
                    'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
                    'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
                    'identity', a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false),
                    'comment', col_description(t.oid, a.attnum)
                ) ORDER BY a.attnum), '[]')
                FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
            ),
            'constraints', (
                SELECT coalesce(json_agg(json_build_object(
                    'kind', k.contype,
                    'name', k.conname,
                    'definition', pg_get_constraintdef(k.oid),
                    'columns', (
                        SELECT json_agg(a.attname ORDER BY n.place)
                        FROM unnest(k.conkey) WITH ORDINALITY n (num, place)
                        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.num
                    ),
                    'table', (SELECT f.relname FROM pg_class f WHERE f.oid = k.confrelid),
                    'on_delete', CASE k.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null'
                        WHEN 'd' THEN 'set default' ELSE 'no action' END
                ) ORDER BY k.contype DESC, k.conname), '[]')
                FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype IN ('p', 'u', 'f', 'c')
            ),
            'indexes', (
                SELECT coalesce(json_agg(json_build_object(
                    'definition', pg_get_indexdef(i.indexrelid),
                    'unique', i.indisunique,
                    'plain', i.indpred IS NULL AND i.indexprs IS NULL,
                    'columns', (
                        SELECT json_agg(a.attname ORDER BY n.place)
                        FROM unnest(i.indkey::smallint[]) WITH ORDINALITY n (num, place)
                        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = n.num
                        WHERE n.place <= i.indnkeyatts
                    )
                ) ORDER BY i.indexrelid::regclass::text), '[]')
                FROM pg_index i WHERE i.indrelid = t.oid
                  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = t.oid)
            )
        ) ORDER BY t.relname), '[]') FROM t
    )
)
