"""s3_raw_rate.py ENDPOINT ACCESS SECRET BUCKET: reads every Parquet file of a bucket and drops the
bytes; prints how many and the seconds. Runs in the environment of the S3 tools."""

import http.client
import sys
import time
import urllib.parse

import boto3
from botocore.config import Config

endpoint, access, secret, bucket = sys.argv[1:]
client = boto3.client(
    "s3",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id=access,
    aws_secret_access_key=secret,
    config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
)
pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
urls = [
    client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": key})
    for key in keys
    if key.endswith(".parquet")
]
total, start = 0, time.perf_counter()
connection = http.client.HTTPConnection(urllib.parse.urlsplit(endpoint).netloc)
for url in urls:
    parts = urllib.parse.urlsplit(url)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    if answer.status != 200:
        sys.exit(f"{parts.path}: {answer.status} {answer.read(400)}")
    while piece := answer.read(1 << 20):
        total += len(piece)
print(total, time.perf_counter() - start)
