"""Everyday work with pyspark.pandas over Connect; pandas itself says what is right."""

import os

import pandas as pd
import pytest

os.environ.setdefault("PYARROW_IGNORE_TIMEZONE", "1")

FRAME = pd.DataFrame({"a": [3, 1, 2, 2], "b": ["x", "y", "x", None], "c": [1.5, 2.5, None, 4.0]})
OTHER = pd.DataFrame({"a": [1, 2], "d": [10, 20]})

WORK = {
    "head": lambda df, other: df.head(2),
    "sort_index": lambda df, other: df.sort_index(ascending=False),
    "filter": lambda df, other: df[df.a > 1],
    "assign": lambda df, other: df.assign(z=df.a * 2),
    "fillna": lambda df, other: df.fillna({"c": 0}),
    "groupby": lambda df, other: df.groupby("b").a.sum().sort_index(),
    "agg": lambda df, other: df.groupby("b").agg({"a": "max", "c": "mean"}).sort_index(),
    "merge": lambda df, other: df.merge(other, on="a").sort_values(["a", "c"]).d,
    "describe": lambda df, other: df[["c"]].describe().loc[["count", "mean", "min", "max"]],
    "cumsum": lambda df, other: df.a.cumsum(),
    "text": lambda df, other: df.b.str.upper(),
    "isin": lambda df, other: df.a.isin([1]),
    "iloc": lambda df, other: df.iloc[1:3],
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", WORK)
def test_pandas_on_spark_answers_as_pandas(spark, name):
    import pyspark.pandas as ps

    work = WORK[name]
    expected = work(FRAME, OTHER)
    found = work(ps.DataFrame(FRAME), ps.DataFrame(OTHER)).to_pandas()
    assert found.reset_index(drop=True).equals(expected.reset_index(drop=True)) or (
        found.fillna("-").to_numpy().tolist() == expected.fillna("-").to_numpy().tolist()
    )
