CREATE TABLE bytes (s STRING) USING parquet;
INSERT INTO bytes VALUES (''), (CAST(X'41C142' AS STRING)), (CAST(X'C1' AS STRING)), ('ok'), ('Å');
SELECT count(*), count(DISTINCT s) FROM bytes;
SELECT hex(s) FROM bytes ORDER BY 1;
SELECT is_valid_utf8(s) FROM bytes ORDER BY 1;
SELECT hex(make_valid_utf8(s)) FROM bytes ORDER BY 1;
SELECT count(*) FROM bytes WHERE s = 'ok';
SELECT hll_sketch_estimate(hll_sketch_agg(s)), theta_sketch_estimate(theta_sketch_agg(s)) FROM bytes;
SELECT hll_sketch_estimate(hll_sketch_agg(s COLLATE UNICODE)), hll_sketch_estimate(hll_sketch_agg(s COLLATE UTF8_LCASE)) FROM bytes;
