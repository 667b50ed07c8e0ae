#include "iceberg/manifest_avro.h"

#include "avro/container.h"
#include "base/error.h"
#include "iceberg/table_metadata_json.h"
#include "iceberg/value_bytes.h"

namespace hanok::iceberg {

namespace {

using avro::Datum;
using avro::SchemaPtr;
using avro::Type;

constexpr const char* kFieldId = "field-id";

avro::Field field(int id, const std::string& name, SchemaPtr type, bool is_optional = false) {
    avro::Field out;
    out.name = name;
    out.type = is_optional ? avro::optional_of(std::move(type)) : std::move(type);
    if (is_optional) out.default_json = "null";
    out.properties[kFieldId] = std::to_string(id);
    return out;
}

// Maps with numbers as keys are arrays of pairs.
SchemaPtr pairs(int key_id, int value_id, Type value) {
    auto record = avro::record_of("k" + std::to_string(key_id) + "_v" + std::to_string(value_id),
        {field(key_id, "key", avro::primitive(Type::kInt)),
            field(value_id, "value", avro::primitive(value))});
    avro::Schema out;
    out.type = Type::kArray;
    out.logical_type = "map";
    out.children.push_back(std::move(record));
    return std::make_shared<const avro::Schema>(std::move(out));
}

// Identity partitions only: the value has the column's type.
SchemaPtr partition_type(const std::string& primitive, int field_id) {
    avro::Schema out;
    if (primitive == "boolean") return avro::primitive(Type::kBoolean);
    if (primitive == "int") return avro::primitive(Type::kInt);
    if (primitive == "long") return avro::primitive(Type::kLong);
    if (primitive == "float") return avro::primitive(Type::kFloat);
    if (primitive == "double") return avro::primitive(Type::kDouble);
    if (primitive == "string") return avro::primitive(Type::kString);
    if (primitive == "binary") return avro::primitive(Type::kBytes);
    if (primitive == "date") return avro::primitive(Type::kInt, "date");
    if (primitive.starts_with("timestamp")) {
        out.type = Type::kLong;
        out.logical_type = "timestamp-micros";
        out.properties["adjust-to-utc"] = primitive == "timestamptz" ? "true" : "false";
        return std::make_shared<const avro::Schema>(std::move(out));
    }
    auto spark = spark_type(*primitive_type(primitive));
    out.type = Type::kFixed;
    out.logical_type = "decimal";
    out.precision = spark->precision();
    out.scale = spark->scale();
    out.name = "decimal_" + std::to_string(field_id);
    out.size = static_cast<int64_t>(decimal_size(out.precision));
    return std::make_shared<const avro::Schema>(std::move(out));
}

SchemaPtr entry_schema(const Schema& schema, const PartitionSpec& spec) {
    std::vector<avro::Field> partition;
    for (const PartitionField& one : spec.fields) {
        const Field* source = find_field(schema.fields, one.source_id);
        if (source == nullptr) throw internal_error("a partition has no column: " + one.name);
        partition.push_back(field(
            one.field_id, one.name, partition_type(source->type->primitive, one.field_id), true));
    }
    auto text = avro::primitive(Type::kString);
    auto number = avro::primitive(Type::kLong);
    auto file = avro::record_of(
        "r2", {field(134, "content", avro::primitive(Type::kInt)), field(100, "file_path", text),
                  field(101, "file_format", text),
                  field(102, "partition", avro::record_of("r102", std::move(partition))),
                  field(103, "record_count", number), field(104, "file_size_in_bytes", number),
                  field(109, "value_counts", pairs(119, 120, Type::kLong), true),
                  field(110, "null_value_counts", pairs(121, 122, Type::kLong), true),
                  field(125, "lower_bounds", pairs(126, 127, Type::kBytes), true),
                  field(128, "upper_bounds", pairs(129, 130, Type::kBytes), true)});
    return avro::record_of("manifest_entry",
        {field(0, "status", avro::primitive(Type::kInt)), field(1, "snapshot_id", number, true),
            field(3, "sequence_number", number, true),
            field(4, "file_sequence_number", number, true), field(2, "data_file", file)});
}

Datum counts(const std::map<int32_t, int64_t>& map) {
    Datum::List out;
    for (const auto& [id, count] : map)
        out.emplace_back(Datum::List{Datum(int64_t{id}), Datum(count)});
    return Datum(std::move(out));
}

Datum bounds(const std::map<int32_t, std::string>& map) {
    Datum::List out;
    for (const auto& [id, bytes] : map)
        out.emplace_back(Datum::List{Datum(int64_t{id}), Datum(bytes)});
    return Datum(std::move(out));
}

Datum optional_number(const std::optional<int64_t>& value) {
    return value ? Datum(*value) : Datum();
}

Datum entry_datum(const ManifestEntry& entry) {
    const DataFile& file = entry.file;
    Datum::List values;
    values.emplace_back(static_cast<int64_t>(file.content));
    values.emplace_back(file.path);
    values.emplace_back(file.format);
    values.emplace_back(Datum::List(file.partition));
    values.emplace_back(file.record_count);
    values.emplace_back(file.size_bytes);
    values.push_back(counts(file.value_counts));
    values.push_back(counts(file.null_counts));
    values.push_back(bounds(file.lower_bounds));
    values.push_back(bounds(file.upper_bounds));
    return Datum(Datum::List{Datum(static_cast<int64_t>(entry.status)),
        optional_number(entry.snapshot_id), optional_number(entry.sequence_number),
        optional_number(entry.file_sequence_number), Datum(std::move(values))});
}

// A record whose fields are found by their ids.
class Record {
public:
    Record(const avro::Schema& schema, const Datum& value) : schema_(schema), value_(value) {}

    const Datum& operator[](int id) const {
        static const Datum kNone;
        size_t at = index(id);
        return at == kMissing ? kNone : value_.as_list()[at];
    }
    Record record(int id) const {
        size_t at = index(id);
        if (at == kMissing) avro::throw_malformed("a manifest has no field " + std::to_string(id));
        return Record(*schema_.fields[at].type, value_.as_list()[at]);
    }
    int64_t number(int id, int64_t otherwise = 0) const {
        const Datum& value = (*this)[id];
        return value.is_null() ? otherwise : value.as_int();
    }
    std::optional<int64_t> optional(int id) const {
        const Datum& value = (*this)[id];
        return value.is_null() ? std::nullopt : std::optional<int64_t>(value.as_int());
    }
    std::map<int32_t, int64_t> counts(int id) const {
        std::map<int32_t, int64_t> out;
        const Datum& value = (*this)[id];
        if (value.is_null()) return out;
        for (const Datum& pair : value.as_list())
            out[static_cast<int32_t>(pair.as_list().at(0).as_int())] =
                pair.as_list().at(1).as_int();
        return out;
    }
    std::map<int32_t, std::string> bounds(int id) const {
        std::map<int32_t, std::string> out;
        const Datum& value = (*this)[id];
        if (value.is_null()) return out;
        for (const Datum& pair : value.as_list()) {
            out[static_cast<int32_t>(pair.as_list().at(0).as_int())] =
                pair.as_list().at(1).as_string();
        }
        return out;
    }

private:
    static constexpr size_t kMissing = SIZE_MAX;
    size_t index(int id) const {
        std::string wanted = std::to_string(id);
        for (size_t i = 0; i < schema_.fields.size(); i++) {
            auto it = schema_.fields[i].properties.find(kFieldId);
            if (it != schema_.fields[i].properties.end() && it->second == wanted) return i;
        }
        return kMissing;
    }
    const avro::Schema& schema_;
    const Datum& value_;
};

DataFile read_data_file(const Record& record) {
    DataFile out;
    out.content = static_cast<FileContent>(record.number(134));
    out.path = record[100].as_string();
    out.format = record[101].as_string();
    out.partition = record[102].as_list();
    out.record_count = record.number(103);
    out.size_bytes = record.number(104);
    out.value_counts = record.counts(109);
    out.null_counts = record.counts(110);
    out.lower_bounds = record.bounds(125);
    out.upper_bounds = record.bounds(128);
    const Datum& ids = record[135];
    if (!ids.is_null()) {
        for (const Datum& id : ids.as_list())
            out.equality_ids.push_back(static_cast<int32_t>(id.as_int()));
    }
    if (!record[143].is_null()) out.referenced_data_file = record[143].as_string();
    out.content_offset = record.optional(144);
    out.content_size_bytes = record.optional(145);
    return out;
}

SchemaPtr manifest_file_schema() {
    auto text = avro::primitive(Type::kString);
    auto number = avro::primitive(Type::kLong);
    auto small = avro::primitive(Type::kInt);
    return avro::record_of("manifest_file",
        {field(500, "manifest_path", text), field(501, "manifest_length", number),
            field(502, "partition_spec_id", small), field(517, "content", small),
            field(515, "sequence_number", number), field(516, "min_sequence_number", number),
            field(503, "added_snapshot_id", number), field(504, "added_files_count", small),
            field(505, "existing_files_count", small), field(506, "deleted_files_count", small),
            field(512, "added_rows_count", number), field(513, "existing_rows_count", number),
            field(514, "deleted_rows_count", number)});
}

}  // namespace

std::string manifest_avro(const std::vector<ManifestEntry>& entries, const Schema& schema,
    const PartitionSpec& spec, const std::string& sync) {
    SchemaPtr avro_schema = entry_schema(schema, spec);
    avro::Metadata metadata = {{"schema", schema_json(schema)},
        {"schema-id", std::to_string(schema.id)}, {"partition-spec", partition_fields_json(spec)},
        {"partition-spec-id", std::to_string(spec.id)}, {"format-version", "2"},
        {"content", "data"}};
    avro::ContainerWriter writer(
        avro::schema_json(*avro_schema), avro::Codec::kDeflate, metadata, sync);
    for (const ManifestEntry& entry : entries) writer.add(*avro_schema, entry_datum(entry));
    return writer.finish();
}

std::vector<ManifestEntry> read_manifest(std::string_view avro, const ManifestFile& manifest) {
    avro::ContainerHeader header;
    std::vector<ManifestEntry> out;
    for (const Datum& row : avro::read_rows(avro, &header)) {
        Record record(*header.schema, row);
        ManifestEntry entry;
        entry.status = static_cast<EntryStatus>(record.number(0));
        entry.snapshot_id = record.optional(1).value_or(manifest.added_snapshot_id);
        bool inherits = entry.status == EntryStatus::kAdded;
        entry.sequence_number = record.optional(3);
        if (!entry.sequence_number) entry.sequence_number = inherits ? manifest.sequence_number : 0;
        entry.file_sequence_number = record.optional(4);
        if (!entry.file_sequence_number) entry.file_sequence_number = entry.sequence_number;
        entry.file = read_data_file(record.record(2));
        out.push_back(std::move(entry));
    }
    return out;
}

std::string manifest_list_avro(const std::vector<ManifestFile>& manifests, int64_t snapshot_id,
    std::optional<int64_t> parent_id, int64_t sequence_number, const std::string& sync) {
    SchemaPtr schema = manifest_file_schema();
    avro::Metadata metadata = {{"snapshot-id", std::to_string(snapshot_id)},
        {"parent-snapshot-id", parent_id ? std::to_string(*parent_id) : "null"},
        {"sequence-number", std::to_string(sequence_number)}, {"format-version", "2"}};
    avro::ContainerWriter writer(avro::schema_json(*schema), avro::Codec::kDeflate, metadata, sync);
    for (const ManifestFile& file : manifests) {
        writer.add(*schema,
            Datum(Datum::List{Datum(file.path), Datum(file.size_bytes),
                Datum(int64_t{file.spec_id}), Datum(int64_t{file.holds_deletes}),
                Datum(file.sequence_number), Datum(file.min_sequence_number),
                Datum(file.added_snapshot_id), Datum(int64_t{file.added_files}),
                Datum(int64_t{file.existing_files}), Datum(int64_t{file.deleted_files}),
                Datum(file.added_rows), Datum(file.existing_rows), Datum(file.deleted_rows)}));
    }
    return writer.finish();
}

std::vector<ManifestFile> read_manifest_list(std::string_view avro) {
    avro::ContainerHeader header;
    std::vector<ManifestFile> out;
    for (const Datum& row : avro::read_rows(avro, &header)) {
        Record record(*header.schema, row);
        ManifestFile file;
        file.path = record[500].as_string();
        file.size_bytes = record.number(501);
        file.spec_id = static_cast<int32_t>(record.number(502));
        file.holds_deletes = record.number(517) != 0;
        file.sequence_number = record.number(515);
        file.min_sequence_number = record.number(516);
        file.added_snapshot_id = record.number(503);
        // Old writers left the counts out: then there may be files.
        file.added_files = static_cast<int32_t>(record.number(504, 1));
        file.existing_files = static_cast<int32_t>(record.number(505, 1));
        file.deleted_files = static_cast<int32_t>(record.number(506));
        file.added_rows = record.number(512);
        file.existing_rows = record.number(513);
        file.deleted_rows = record.number(514);
        out.push_back(std::move(file));
    }
    return out;
}

}  // namespace hanok::iceberg
