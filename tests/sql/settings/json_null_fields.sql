-- conf: spark.sql.jsonGenerator.ignoreNullFields=false
SELECT to_json(named_struct('a', 1, 'b', CAST(NULL AS INT)));
SELECT to_json(named_struct('a', NULL, 'b', named_struct('c', NULL)), map('ignoreNullFields', 'true'));
SELECT to_json(array(named_struct('a', CAST(NULL AS STRING)), NULL));
SELECT to_json(map('k', named_struct('a', CAST(NULL AS DATE))));
SET spark.sql.jsonGenerator.ignoreNullFields = true;
SELECT to_json(named_struct('a', 1, 'b', CAST(NULL AS INT)));
SELECT to_json(named_struct('a', 1, 'b', CAST(NULL AS INT)), map('ignoreNullFields', 'false'));
