"""GEOMETRY and GEOGRAPHY at an unmodified client."""

from pyspark.sql.types import Geography, GeographyType, Geometry, GeometryType

POINT = bytes.fromhex("0101000000000000000000F03F0000000000000040")


def test_values_come_as_geometry_and_geography(spark):
    df = spark.sql(
        f"SELECT st_geomfromwkb(X'{POINT.hex()}', 3857) AS g,"
        f" st_geogfromwkb(X'{POINT.hex()}') AS e, st_geomfromwkb(NULL) AS n"
    )
    assert df.schema["g"].dataType == GeometryType(3857)
    assert df.schema["e"].dataType == GeographyType(4326)
    row = df.collect()[0]
    assert row.g == Geometry(POINT, 3857)
    assert row.e == Geography(POINT, 4326)
    assert row.n is None


def test_shown_as_text(spark):
    df = spark.sql(f"SELECT st_geomfromwkb(X'{POINT.hex()}', 3857) AS g")
    assert "SRID=3857;POINT(1 2)" in df._show_string(20, False, False)
