"""Files that a session gives to its Python code: modules, archives, data."""

import tarfile
import zipfile

import pytest
from pyspark.errors import PythonException
from pyspark.sql.functions import pandas_udf, udf

from tests.support.server import connect


@pytest.fixture
def module_file(tmp_path):
    """Writes a module whose function gives `value`."""

    def write(name, value):
        path = tmp_path / f"{name}.py"
        path.write_text(f"def value():\n    return {value!r}\n")
        return str(path)

    return write


def value_of(spark, name, kind=udf):
    """The value() of a module, as a function sees it in a worker."""
    if kind is pandas_udf:

        @pandas_udf("string")
        def call(ids):
            module = __import__(name)
            return ids.map(lambda _: module.value())

    else:

        @udf("string")
        def call(_):
            return __import__(name).value()

    return spark.range(1).select(call("id")).first()[0]


@pytest.mark.parametrize("kind", [udf, pandas_udf])
def test_modules_are_imported_by_workers(spark, module_file, kind):
    spark.addArtifacts(module_file("fresh_module", "here"), pyfile=True)
    assert value_of(spark, "fresh_module", kind) == "here"


def test_zipped_packages_are_imported(spark, tmp_path):
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("zipped_package/__init__.py", "from .inner import value\n")
        out.writestr("zipped_package/inner.py", "def value():\n    return 'zipped'\n")
    spark.addArtifact(str(path), pyfile=True)
    assert value_of(spark, "zipped_package") == "zipped"


def test_files_are_found_by_their_names(spark, tmp_path):
    path = tmp_path / "numbers.txt"
    path.write_text("1\n2\n")
    spark.addArtifacts(str(path), file=True)

    @udf("int")
    def total(_):
        with open("numbers.txt") as lines:
            return sum(map(int, lines))

    assert spark.range(1).select(total("id")).first()[0] == 3


@pytest.mark.parametrize("ending", ["zip", "tar.gz"])
def test_archives_are_unpacked(spark, tmp_path, ending):
    text = tmp_path / "inside.txt"
    text.write_text("inside")
    path = tmp_path / f"packed.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(path, "w") as out:
            out.write(text, "folder/inside.txt")
    else:
        with tarfile.open(path, "w:gz") as out:
            out.add(text, "folder/inside.txt")
    spark.addArtifacts(f"{path}#environment", archive=True)

    @udf("string")
    def content(_):
        with open("environment/folder/inside.txt") as file:
            return file.read()

    assert spark.range(1).select(content("id")).first()[0] == "inside"


def test_sessions_have_files_of_their_own(server, spark, module_file):
    spark.addArtifacts(module_file("own_module", "first"), pyfile=True)
    other = connect(server.remote)
    other.addArtifacts(module_file("own_module", "second"), pyfile=True)
    assert value_of(spark, "own_module") == "first"
    assert value_of(other, "own_module") == "second"
    assert value_of(spark, "own_module") == "first"
    third = connect(server.remote)
    with pytest.raises(PythonException, match="No module named 'own_module'"):
        value_of(third, "own_module")

    @udf("string")
    def root(_):
        import os

        return os.getcwd()

    folder = spark.range(1).select(root("id")).first()[0]

    @udf("string")
    def listing(_):
        import os

        return ",".join(os.listdir(folder))

    assert spark.range(1).select(listing("id")).first()[0] == "own_module.py"
    with pytest.raises(PythonException, match="PermissionError"):
        other.range(1).select(listing("id")).collect()
    other.stop()
    third.stop()


def test_files_go_with_their_session(server, module_file):
    import os
    import time

    session = connect(server.remote)
    session.addArtifacts(module_file("passing_module", "x"), pyfile=True)

    @udf("string")
    def root(_):
        import os

        return os.getcwd()

    folder = session.range(1).select(root("id")).first()[0]
    assert os.path.isdir(folder)
    session.stop()
    for _ in range(100):
        if not os.path.isdir(folder):
            return
        time.sleep(0.1)
    pytest.fail("the folder is still there")


def test_other_content_under_a_name_is_refused(spark, module_file):
    spark.addArtifacts(module_file("twice", "a"), pyfile=True)
    spark.addArtifacts(module_file("twice", "a"), pyfile=True)
    with pytest.raises(Exception, match="ARTIFACT_ALREADY_EXISTS"):
        spark.addArtifacts(module_file("twice", "b"), pyfile=True)


def test_no_setting_opens_another_folder(spark, tmp_path):
    (tmp_path / "secret").write_text("secret")
    path = str(tmp_path / "secret")

    @udf("string")
    def content(_):
        with open(path) as file:
            return file.read()

    try:
        spark.conf.set("hanok.python.folder", str(tmp_path))
    except Exception:
        return
    with pytest.raises(PythonException, match="PermissionError"):
        spark.range(1).select(content("id")).collect()
