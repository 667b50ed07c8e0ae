"""Serves moto's S3 with signatures checked; runs in the environment of the S3 tools.

moto_peer.py PORT: prints the keys of a user and of a temporary session as one line of JSON.
"""

import json
import sys
import threading

import boto3
from moto.core.authorization import enable_iam_authentication
from moto.server import ThreadedMotoServer

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def main(port: int) -> None:
    """Sets up user, bucket and session, then serves until killed."""
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    options = {
        "endpoint_url": f"http://127.0.0.1:{port}",
        "region_name": "us-east-1",
        "aws_access_key_id": "setup",
        "aws_secret_access_key": "setup",
    }
    boto3.client("s3", **options).create_bucket(Bucket="lake")
    iam = boto3.client("iam", **options)
    iam.create_user(UserName="writer")
    iam.put_user_policy(UserName="writer", PolicyName="all", PolicyDocument=json.dumps(POLICY))
    key = iam.create_access_key(UserName="writer")["AccessKey"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}],
    }
    role = iam.create_role(RoleName="lake", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName="lake", PolicyName="all", PolicyDocument=json.dumps(POLICY))
    session = boto3.client("sts", **options).assume_role(
        RoleArn=role["Arn"], RoleSessionName="test"
    )["Credentials"]
    found = {
        "access_key": key["AccessKeyId"],
        "secret_key": key["SecretAccessKey"],
        "session_access_key": session["AccessKeyId"],
        "session_secret_key": session["SecretAccessKey"],
        "session_token": session["SessionToken"],
    }
    with enable_iam_authentication():
        print(json.dumps(found), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
