#!/usr/bin/env bash
# start.sh PORT [spark-submit arguments]: real Apache Spark 4.2 with Delta 4.4 as a Spark Connect
# server in the foreground, its data in build/spark. Ready when PORT is open.
set -euo pipefail
cd "$(dirname "$0")/../.."
port=$1
shift
peer=$PWD/build/spark
mkdir -p "$peer"

command -v java >/dev/null && command -v mvn >/dev/null || {
    as_root=$([ "$(id -u)" = 0 ] || echo sudo)
    $as_root apt-get update -qq
    $as_root apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless maven
}
if [ ! -f "$peer/ready" ]; then
    python3 -m venv "$peer/venv"
    "$peer/venv/bin/python" -m pip --disable-pip-version-check install -q --no-deps \
        --require-hashes --only-binary :all: -r requirements/tools.txt
    "$peer/venv/bin/python" -m pip --disable-pip-version-check install -q --no-deps \
        --require-hashes --no-build-isolation -r requirements/spark_peer.txt
    mvn -q -f scripts/spark_peer/pom.xml dependency:copy-dependencies \
        -DincludeGroupIds=io.delta,io.unitycatalog -DoutputDirectory="$peer/jars"
    touch "$peer/ready"
fi

SPARK_HOME=$(echo "$peer"/venv/lib/python3*/site-packages/pyspark)
export SPARK_HOME PYSPARK_PYTHON=$peer/venv/bin/python TZ=UTC
unset SPARK_REMOTE
rm -rf "$peer/work"
mkdir -p "$peer/work"
cd "$peer/work"
exec "$SPARK_HOME/bin/spark-submit" \
    --class org.apache.spark.sql.connect.service.SparkConnectServer \
    --master 'local[2]' --driver-memory 4g --jars "$(ls "$peer"/jars/*.jar | paste -sd,)" \
    --conf spark.connect.grpc.binding.address=127.0.0.1 \
    --conf spark.connect.grpc.binding.port="$port" \
    --conf spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension \
    --conf spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog \
    --conf spark.sql.session.timeZone=UTC --conf spark.driver.extraJavaOptions=-Duser.timezone=UTC \
    --conf spark.sql.sources.default=delta --conf spark.sql.shuffle.partitions=2 \
    --conf spark.sql.warehouse.dir="$peer/work/warehouse" --conf spark.ui.enabled=false "$@" \
    "$SPARK_HOME"/jars/spark-connect_2.13-4.2.0.jar
