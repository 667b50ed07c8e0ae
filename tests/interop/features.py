"""Tables of one Delta feature each, and what both engines do with them."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Feature:
    """How a table is made and filled; rows are SQL expressions over `id`, a number."""

    columns: str
    row: str
    properties: dict = dataclasses.field(default_factory=dict)
    clause: str = ""
    insert: str = ""  # the columns that a writer names
    alter: tuple = ()  # statements between two rounds of writes, TABLE for the name
    feed: bool = False


VECTORS = {"delta.enableDeletionVectors": "true"}
PLAIN = ("id BIGINT, p STRING, v INT", "id, concat('p', id % 3), CAST(id * 10 AS INT)")

FEATURES = {
    "plain": Feature(*PLAIN, {"delta.enableDeletionVectors": "false"}),
    "partitioned": Feature(
        "id BIGINT, p STRING, v INT, d DATE, t TIMESTAMP, n DECIMAL(10,2)",
        "id, if(id % 4 = 0, NULL, concat('a b%=/ü', id % 3)), CAST(id AS INT),"
        " date_add(DATE'2024-02-28', CAST(id % 3 AS INT)),"
        " timestamp_micros(1700000000123456 + id % 2), CAST(id % 2 AS DECIMAL(10,2)) / 4",
        clause="PARTITIONED BY (p, d, t, n)",
    ),
    "types": Feature(
        "id BIGINT, b BOOLEAN, y TINYINT, s SMALLINT, v INT, f FLOAT, g DOUBLE, n DECIMAL(38,10),"
        " t STRING, x BINARY, d DATE, at TIMESTAMP, a ARRAY<INT>, m MAP<STRING, DOUBLE>,"
        " r STRUCT<a: INT, l: ARRAY<STRUCT<z: DATE>>>",
        "id, id % 2 = 0, CAST(id % 100 AS TINYINT), CAST(-id AS SMALLINT), CAST(id AS INT),"
        " CAST(id AS FLOAT) / 3, IF(id = 3, double('NaN'), id / 7D), CAST(id AS DECIMAL(38,10)),"
        " concat('텍스트', id), unhex(lpad(hex(id), 4, '0')), DATE'1969-12-31',"
        " TIMESTAMP'1969-12-31 23:59:59.999999', array(CAST(id AS INT), NULL),"
        " map('k', CAST(id AS DOUBLE)),"
        " named_struct('a', CAST(id AS INT), 'l', array(named_struct('z', DATE'2024-01-01')))",
    ),
    "mapped by name": Feature(
        *PLAIN,
        {"delta.columnMapping.mode": "name"},
        alter=(
            "ALTER TABLE @ RENAME COLUMN p TO `a b;ü`",
            "ALTER TABLE @ ADD COLUMN later STRING",
            "ALTER TABLE @ DROP COLUMN later",
        ),
    ),
    "mapped by id": Feature(
        *PLAIN, {"delta.columnMapping.mode": "id"}, clause="PARTITIONED BY (p)"
    ),
    "vectors": Feature(*PLAIN, VECTORS),
    "change feed": Feature(*PLAIN, {"delta.enableChangeDataFeed": "true", **VECTORS}, feed=True),
    "change feed, copied": Feature(
        *PLAIN,
        {"delta.enableChangeDataFeed": "true", "delta.enableDeletionVectors": "false"},
        feed=True,
    ),
    "row tracking": Feature(*PLAIN, {"delta.enableRowTracking": "true", **VECTORS}),
    "row tracking, copied": Feature(
        *PLAIN, {"delta.enableRowTracking": "true", "delta.enableDeletionVectors": "false"}
    ),
    "v2 checkpoints": Feature(
        *PLAIN, {"delta.checkpointPolicy": "v2", "delta.checkpointInterval": "2", **VECTORS}
    ),
    "classic checkpoints": Feature(
        *PLAIN,
        {"delta.checkpointInterval": "2", "delta.checkpoint.writeStatsAsStruct": "true"},
        clause="PARTITIONED BY (p)",
    ),
    "in-commit timestamps": Feature(*PLAIN, {"delta.enableInCommitTimestamps": "true"}),
    "type widening": Feature(
        *PLAIN,
        {"delta.enableTypeWidening": "true"},
        alter=("ALTER TABLE @ ALTER COLUMN v TYPE BIGINT",),
    ),
    "variant": Feature(
        "id BIGINT, p STRING, v INT, x VARIANT",
        PLAIN[1] + ', parse_json(concat(\'{"a": \', id, \', "b": [1, null, "x"]}\'))',
    ),
    "shredded variant": Feature(
        "id BIGINT, p STRING, v INT, x VARIANT",
        PLAIN[1] + ', parse_json(concat(\'{"a": \', id, \', "b": [1, null, "x"]}\'))',
        {"delta.enableVariantShredding": "true"},
    ),
    "clustered": Feature(*PLAIN, clause="CLUSTER BY (id)"),
    "identity": Feature(
        "n BIGINT GENERATED ALWAYS AS IDENTITY, id BIGINT, p STRING, v INT",
        PLAIN[1],
        insert="(id, p, v)",
    ),
    "generated": Feature(
        "id BIGINT, p STRING, v INT, g BIGINT GENERATED ALWAYS AS (id * 2)",
        PLAIN[1],
        insert="(id, p, v)",
    ),
    "defaults": Feature(
        "id BIGINT, p STRING, v INT, d STRING DEFAULT 'none'",
        PLAIN[1],
        {"delta.feature.allowColumnDefaults": "supported"},
        insert="(id, p, v)",
    ),
    "not null": Feature("id BIGINT NOT NULL, p STRING, v INT", PLAIN[1]),
    "constraints": Feature(*PLAIN, alter=("ALTER TABLE @ ADD CONSTRAINT c CHECK (id >= 0)",)),
    "ntz": Feature(
        "id BIGINT, p STRING, v INT, t TIMESTAMP_NTZ",
        PLAIN[1] + ", TIMESTAMP_NTZ'2024-01-01 01:02:03.456789'",
    ),
}
