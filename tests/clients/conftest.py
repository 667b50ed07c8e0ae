"""Where the tables of these tests lie: in a temporary folder, or, with HANOK_TEST_STORE=s3, in a
bucket of an S3 server that the whole run shares."""

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def s3_gateway():
    """The S3 server and its AWS variables, which servers under test and other readers inherit."""
    if os.environ.get("HANOK_TEST_STORE") != "s3":
        yield None
        return
    from tests.support.s3 import Unavailable, VersityGateway, use_folder

    try:
        gateway = VersityGateway()
    except Unavailable as reason:
        pytest.skip(str(reason))
    with gateway:
        os.environ.update(gateway.environment)
        use_folder(gateway.folder)
        yield gateway


@pytest.fixture
def table_root(tmp_path, s3_gateway):
    """A folder of its own for each test, as a path or a URI."""
    return str(tmp_path) if s3_gateway is None else s3_gateway.new_root()
