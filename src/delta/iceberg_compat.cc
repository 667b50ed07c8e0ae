#include "delta/iceberg_compat.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "delta/column_mapping.h"
#include "delta/log_replay.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "delta/transaction.h"
#include "types/data_type.h"

namespace hanok::delta {

namespace {

using types::TypeId;

constexpr const char* kMappingMode = "delta.columnMapping.mode";

bool is_true(const Metadata& metadata, const std::string& key) {
    auto it = metadata.configuration.find(key);
    return it != metadata.configuration.end() && types::names_equal(it->second, "true");
}

Error violation(const std::string& kind, int version, ErrorParameters parameters = {}) {
    parameters["version"] = std::to_string(version);
    return unsupported_error("DELTA_ICEBERG_COMPAT_VIOLATION." + kind, std::move(parameters));
}

using FieldVisit = std::function<void(const std::string& path, const types::StructField& field)>;
using TypeVisit = std::function<void(const types::DataType& type)>;

// Every type at any depth, and every field with its dotted path.
void visit(const types::TypePtr& type, const std::string& path, const FieldVisit& on_field,
    const TypeVisit& on_type) {
    on_type(*type);
    auto inner = [&](const std::string& name) { return path.empty() ? name : path + "." + name; };
    if (type->is(TypeId::kStruct)) {
        for (const auto& field : type->fields()) {
            on_field(inner(field.name), field);
            visit(field.type, inner(field.name), on_field, on_type);
        }
    } else if (type->is(TypeId::kArray)) {
        visit(type->element(), inner("element"), on_field, on_type);
    } else if (type->is(TypeId::kMap)) {
        visit(type->key(), inner("key"), on_field, on_type);
        visit(type->value(), inner("value"), on_field, on_type);
    }
}

bool is_primitive_of_iceberg(const types::DataType& type) {
    switch (type.id()) {
        case TypeId::kBoolean:
        case TypeId::kByte:
        case TypeId::kShort:
        case TypeId::kInteger:
        case TypeId::kLong:
        case TypeId::kFloat:
        case TypeId::kDouble:
        case TypeId::kDecimal:
        case TypeId::kString:
        case TypeId::kChar:
        case TypeId::kVarchar:
        case TypeId::kBinary:
        case TypeId::kDate:
        case TypeId::kTimestamp:
        case TypeId::kTimestampNtz: return true;
        default: return false;
    }
}

bool is_supported(const types::DataType& type, int version) {
    if (type.is(TypeId::kStruct) || is_primitive_of_iceberg(type)) return true;
    return version >= 2 && (type.is(TypeId::kArray) || type.is(TypeId::kMap));
}

void check_types(const Metadata& metadata, const types::TypePtr& schema, int version) {
    visit(
        schema, "", [](const std::string&, const types::StructField&) {},
        [&](const types::DataType& type) {
            if (is_supported(type, version)) return;
            throw violation("UNSUPPORTED_DATA_TYPE", version,
                {{"dataType", type.simple_string()}, {"schema", schema->simple_string()}});
        });
    for (const std::string& name : metadata.partition_columns) {
        int index = schema->field_index(name);
        if (index < 0) continue;
        const auto& type = schema->fields()[static_cast<size_t>(index)].type;
        if (is_primitive_of_iceberg(*type)) continue;
        throw violation("UNSUPPORTED_PARTITION_DATA_TYPE", version,
            {{"dataType", type->simple_string()}, {"schema", schema->simple_string()}});
    }
}

// Iceberg promotes int to long, float to double and decimals to more digits.
bool is_promotion_of_iceberg(const std::string& from, const std::string& to) {
    bool is_small = from == "byte" || from == "short" || from == "integer";
    if (is_small && (to == "short" || to == "integer" || to == "long")) return true;
    if (from == "float" && to == "double") return true;
    if (from.rfind("decimal(", 0) != 0 || to.rfind("decimal(", 0) != 0) return false;
    return from.substr(from.find(',')) == to.substr(to.find(','));
}

void check_widening(const types::TypePtr& schema, int version) {
    visit(
        schema, "",
        [&](const std::string& path, const types::StructField& field) {
            auto text = field_metadata(field, "delta.typeChanges");
            if (!text) return;
            auto changes = nlohmann::json::parse(*text, nullptr, false);
            for (const auto& change : changes) {
                if (!change.is_object()) continue;
                auto from = change.value("fromType", "");
                auto to = change.value("toType", "");
                if (is_promotion_of_iceberg(from, to)) continue;
                throw violation("UNSUPPORTED_TYPE_WIDENING", version,
                    {{"fieldPath", path}, {"prevType", from}, {"newType", to}});
            }
        },
        [](const types::DataType&) {});
}

void check_mapping(const Metadata& metadata, const Protocol& protocol, int version) {
    if (!protocol.has_feature("columnMapping")) {
        throw violation("MISSING_REQUIRED_TABLE_FEATURE", version, {{"feature", "columnMapping"}});
    }
    if (column_mapping_mode(metadata) != ColumnMappingMode::kNone) return;
    throw violation("WRONG_REQUIRED_TABLE_PROPERTY", version,
        {{"key", kMappingMode}, {"requiredValue", "name"}, {"actualValue", "none"}});
}

void check_partitioning(const IcebergCompatCommit& commit, int version) {
    if (commit.before == nullptr || iceberg_compat_version(*commit.before) == 0) return;
    const auto& before = commit.before->partition_columns;
    const auto& after = commit.after.partition_columns;
    if (before == after) return;
    auto text = [](const std::vector<std::string>& names) {
        std::string out;
        for (const auto& name : names) out += (out.empty() ? "" : ",") + name;
        return out;
    };
    throw violation("REPLACE_TABLE_CHANGE_PARTITION_NAMES", version,
        {{"prevPartitionSpec", text(before)}, {"newPartitionSpec", text(after)}});
}

void check_files(const IcebergCompatCommit& commit, int version) {
    auto has_vector = [](const AddFile& file) { return file.deletion_vector.has_value(); };
    bool marked = std::any_of(commit.added.begin(), commit.added.end(), has_vector) ||
                  std::any_of(commit.kept.begin(), commit.kept.end(),
                      [&](const AddFile* file) { return has_vector(*file); });
    if (marked) throw violation("DELETION_VECTORS_NOT_PURGED", version);
    for (const AddFile& file : commit.added) {
        if (!stats_num_records(file.stats)) {
            throw violation("FILES_NOT_ICEBERG_COMPAT", version,
                {{"numNonCompatFiles", "1"}, {"filePath", file.path}});
        }
    }
}

// Files of V1 lack what V2 promises: ids of elements, keys and values.
void check_rewritten(const IcebergCompatCommit& commit, int version) {
    int before = commit.before == nullptr ? version : iceberg_compat_version(*commit.before);
    if (before == version || before == 0 || version < 2) return;
    for (const AddFile* file : commit.kept) {
        auto tag = file->tags.find(kIcebergCompatTag);
        if (tag != file->tags.end() && tag->second == std::to_string(version)) continue;
        throw violation(
            "CHANGE_VERSION_NEED_REWRITE", version, {{"newVersion", std::to_string(version)}});
    }
}

}  // namespace

int iceberg_compat_version(const Metadata& metadata) {
    int found = 0;
    for (int version = 1; version <= kMaxIcebergCompat; version++) {
        if (!is_true(metadata, "delta.enableIcebergCompatV" + std::to_string(version))) continue;
        if (found > 0) throw violation("VERSION_MUTUAL_EXCLUSIVE", version);
        found = version;
    }
    return found;
}

void set_iceberg_compat_defaults(Metadata* metadata) {
    if (iceberg_compat_version(*metadata) > 0)
        metadata->configuration.try_emplace(kMappingMode, "name");
}

void check_iceberg_compat(const IcebergCompatCommit& commit) {
    int version = iceberg_compat_version(commit.after);
    if (version == 0) return;
    if (is_true(commit.after, "delta.enableDeletionVectors"))
        throw violation("DELETION_VECTORS_SHOULD_BE_DISABLED", version);
    types::TypePtr schema = types::type_from_json(commit.after.schema_string);
    check_mapping(commit.after, commit.protocol, version);
    check_partitioning(commit, version);
    check_types(commit.after, schema, version);
    check_widening(schema, version);
    check_files(commit, version);
    check_rewritten(commit, version);
}

void Transaction::check_iceberg_rules() const {
    if (iceberg_compat_version(metadata()) == 0) return;
    IcebergCompatCommit commit{
        read_ != nullptr ? &read_metadata_ : nullptr, metadata(), protocol(), {}, adds_};
    if (read_ != nullptr && new_metadata_) {
        std::set<std::string> removed;
        for (const RemoveFile& remove : removes_) removed.insert(canonical_path(remove.path));
        for (const AddFile* file : read_->files()) {
            if (!removed.contains(canonical_path(file->path))) commit.kept.push_back(file);
        }
    }
    check_iceberg_compat(commit);
}

}  // namespace hanok::delta
