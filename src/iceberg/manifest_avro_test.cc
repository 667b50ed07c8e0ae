#include "iceberg/manifest_avro.h"

#include <gtest/gtest.h>

#include "iceberg/table_metadata_json.h"
#include "iceberg/value_bytes.h"

namespace hanok::iceberg {
namespace {

using avro::Datum;

Schema schema() {
    return {3, {{1, "id", true, primitive_type("long")}, {2, "d", false, primitive_type("date")},
                   {5, "p", false, primitive_type("decimal(9, 2)")}}};
}

PartitionSpec spec() { return {1, {{2, 1000, "d", "identity"}, {5, 1001, "p", "identity"}}}; }

TEST(ManifestAvro, EntriesComeBackWithWhatTheyInherit) {
    ManifestEntry added;
    added.file.path = "/t/a b.parquet";
    added.file.partition = {Datum(int64_t{7}), Datum()};
    added.file.record_count = 10;
    added.file.size_bytes = 1000;
    added.file.value_counts[1] = 10;
    added.file.null_counts[1] = 0;
    added.file.lower_bounds[1] = std::string("\x01\0\0\0\0\0\0\0", 8);
    ManifestEntry existing = added;
    existing.status = EntryStatus::kExisting;
    existing.snapshot_id = 5;
    existing.sequence_number = 2;
    existing.file.partition = {Datum(), Datum(decimal_bytes(-150, decimal_size(9)))};

    ManifestFile list;
    list.added_snapshot_id = 99;
    list.sequence_number = 4;
    auto read = read_manifest(
        manifest_avro({added, existing}, schema(), spec(), std::string(16, 'x')), list);
    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(read[0].snapshot_id, 99);
    EXPECT_EQ(read[0].sequence_number, 4);
    EXPECT_EQ(read[0].file.path, "/t/a b.parquet");
    EXPECT_EQ(read[0].file.partition, added.file.partition);
    EXPECT_EQ(read[0].file.lower_bounds, added.file.lower_bounds);
    EXPECT_EQ(read[0].file.null_counts, added.file.null_counts);
    EXPECT_EQ(read[1].snapshot_id, 5);
    EXPECT_EQ(read[1].sequence_number, 2);
    auto value = partition_value(read[1].file.partition[1], *types::DataType::decimal(9, 2));
    EXPECT_EQ(value.as_decimal(), -150);
}

TEST(ManifestAvro, ListsComeBack) {
    ManifestFile file;
    file.path = "/t/metadata/m.avro";
    file.spec_id = 1;
    file.sequence_number = 9;
    file.added_files = 3;
    file.deleted_rows = 4;
    auto read = read_manifest_list(manifest_list_avro({file}, 1, 2, 9, std::string(16, 'x')));
    ASSERT_EQ(read.size(), 1u);
    EXPECT_EQ(read[0].path, file.path);
    EXPECT_EQ(read[0].sequence_number, 9);
    EXPECT_EQ(read[0].added_files, 3);
    EXPECT_EQ(read[0].deleted_rows, 4);
}

TEST(ValueBytes, DecimalsAreShortAndSigned) {
    EXPECT_EQ(decimal_bytes(0), std::string(1, '\0'));
    EXPECT_EQ(decimal_bytes(127), "\x7F");
    EXPECT_EQ(decimal_bytes(128), std::string("\0\x80", 2));
    EXPECT_EQ(decimal_bytes(-128), "\x80");
    EXPECT_EQ(decimal_bytes(-129), std::string("\xFF\x7F", 2));
    for (int64_t x : {0, 1, -1, 255, -256, 1000000007}) {
        EXPECT_EQ(decimal_of_bytes(decimal_bytes(x)), x);
        EXPECT_EQ(decimal_of_bytes(decimal_bytes(x, 9)), x);
    }
    EXPECT_EQ(decimal_size(9), 4u);
    EXPECT_EQ(decimal_size(38), 16u);
}

TEST(TableMetadataJson, ComesBack) {
    TableMetadata metadata;
    metadata.location = "/t";
    metadata.schemas.push_back(schema());
    Type list;
    list.kind = TypeKind::kList;
    list.fields.push_back({9, "element", true, primitive_type("string")});
    metadata.schemas[0].fields.push_back(
        {8, "l", false, std::make_shared<const Type>(std::move(list)), "a list"});
    metadata.current_schema_id = 3;
    metadata.specs.push_back(spec());
    metadata.default_spec_id = 1;
    metadata.properties["delta-version"] = "4";
    Snapshot snapshot;
    snapshot.id = 77;
    snapshot.summary["operation"] = "append";
    metadata.snapshots.push_back(snapshot);
    metadata.current_snapshot_id = 77;
    std::string json = table_metadata_json(metadata);
    auto again = read_table_metadata(json, "x");
    EXPECT_EQ(table_metadata_json(again), json);
    EXPECT_EQ(again.current_snapshot()->summary.at("operation"), "append");
    EXPECT_EQ(
        spark_schema(again.schemas[0].fields)->fields()[3].type->simple_string(), "array<string>");
}

TEST(TableMetadataJson, TheFirstVersionIsRead) {
    auto metadata = read_table_metadata(R"({"format-version":1,"location":"/t","last-updated-ms":5,
        "last-column-id":1,"schema":{"type":"struct","fields":[
            {"id":1,"name":"a","required":true,"type":"int"}]},
        "partition-spec":[{"name":"a","transform":"identity","source-id":1}],
        "current-snapshot-id":-1,"snapshots":[]})",
        "x");
    EXPECT_EQ(metadata.current_snapshot(), nullptr);
    EXPECT_EQ(metadata.specs.at(0).fields.at(0).field_id, 1000);
    EXPECT_TRUE(metadata.schemas.at(0).fields.at(0).is_required);
}

}  // namespace
}  // namespace hanok::iceberg
