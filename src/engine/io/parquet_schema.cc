#include "engine/io/parquet_schema.h"

#include "base/error.h"
#include "engine/io/file_faults.h"
#include "engine/io/legacy_dates.h"
#include "engine/io/merged_schema.h"
#include "engine/io/store_file_system.h"

namespace hanok::engine {

namespace {

using types::DataType;
using types::TypePtr;

struct Element {
    std::string name;
    std::string type;
    std::string repetition;
    int64_t num_children = 0;
    std::string converted;
    int scale = 0;
    int precision = 0;
    std::string logical;
};

std::string quoted(const std::string& path) {
    return "'" + duckdb::StringUtil::Replace(path_to_open(path), "'", "''") + "'";
}

duckdb::unique_ptr<duckdb::MaterializedQueryResult> query(
    duckdb::Connection& connection, const std::string& text, const std::string& path) {
    auto result = connection.Query(text);
    if (result->HasError()) {
        bool is_of_store = Error::decode(result->GetErrorObject().RawMessage()) != nullptr;
        if (is_of_store || result->GetErrorObject().Type() == duckdb::ExceptionType::INTERNAL)
            result->ThrowError();
        throw runtime_error("FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", {{"path", path}});
    }
    return result;
}

std::string text_of(const duckdb::Value& value) { return value.IsNull() ? "" : value.ToString(); }

std::vector<Element> elements_of(duckdb::Connection& connection, const std::string& path) {
    auto result = query(connection,
        "SELECT name, type, repetition_type, num_children, converted_type, scale, precision, "
        "logical_type "
        "FROM parquet_schema(" +
            quoted(path) + ")",
        path);
    std::vector<Element> elements;
    for (duckdb::idx_t row = 0; row < result->RowCount(); row++) {
        auto number = [&](duckdb::idx_t column) {
            auto value = result->GetValue(column, row);
            return value.IsNull() ? 0 : value.GetValue<int64_t>();
        };
        elements.push_back({text_of(result->GetValue(0, row)), text_of(result->GetValue(1, row)),
            text_of(result->GetValue(2, row)), number(3), text_of(result->GetValue(4, row)),
            int(number(5)), int(number(6)), text_of(result->GetValue(7, row))});
    }
    return elements;
}

// The schema that Spark (or we) left in the footer; null when there is none.
TypePtr footer_schema(duckdb::Connection& connection, const std::string& path) {
    auto result = query(connection,
        "SELECT value::VARCHAR, value FROM parquet_kv_metadata(" + quoted(path) +
            ") WHERE key = 'org.apache.spark.sql.parquet.row.metadata'::BLOB",
        path);
    if (result->RowCount() == 0) return nullptr;
    try {
        return types::type_from_json(duckdb::StringValue::Get(result->GetValue(1, 0)));
    } catch (const Error&) {
        return nullptr;  // a type of a newer Spark; the Parquet schema tells what there is
    }
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

TypePtr int32_type(const Element& e) {
    if (e.converted == "INT_8") return DataType::byte();
    if (e.converted == "INT_16" || e.converted == "UINT_8") return DataType::short_();
    if (e.converted == "UINT_32") return DataType::long_();
    if (e.converted == "DATE" || has(e.logical, "DateType")) return DataType::date();
    if (e.converted == "DECIMAL") return DataType::decimal(e.precision, e.scale);
    if (has(e.logical, "NullType")) return DataType::null();
    return DataType::integer();
}

TypePtr int64_type(const Element& e) {
    if (e.converted == "UINT_64") return DataType::decimal(20, 0);
    if (e.converted == "DECIMAL") return DataType::decimal(e.precision, e.scale);
    if (has(e.logical, "TimestampType")) {
        return has(e.logical, "isAdjustedToUTC=0") ? DataType::timestamp_ntz()
                                                   : DataType::timestamp();
    }
    if (e.converted == "TIMESTAMP_MICROS" || e.converted == "TIMESTAMP_MILLIS")
        return DataType::timestamp();
    if (e.converted == "TIME_MICROS" || has(e.logical, "TimeType")) return DataType::time();
    return DataType::long_();
}

TypePtr leaf_type(const Element& e) {
    if (e.type == "BOOLEAN") return DataType::boolean();
    if (e.type == "INT32") return int32_type(e);
    if (e.type == "INT64") return int64_type(e);
    if (e.type == "INT96") return DataType::timestamp();
    if (e.type == "FLOAT") return DataType::float_();
    if (e.type == "DOUBLE") return DataType::double_();
    if (e.converted == "DECIMAL") return DataType::decimal(e.precision, e.scale);
    bool is_text = e.converted == "UTF8" || e.converted == "ENUM" || e.converted == "JSON" ||
                   has(e.logical, "StringType");
    return is_text ? DataType::string() : DataType::binary();
}

// Reads the elements, which stand in depth-first order.
class SchemaTree {
public:
    explicit SchemaTree(std::vector<Element> elements) : elements_(std::move(elements)) {}

    TypePtr root() {
        auto count = elements_.at(next_++).num_children;
        return group(count);
    }

private:
    TypePtr group(int64_t count) {
        types::Fields fields;
        for (int64_t i = 0; i < count; i++) {
            auto name = elements_.at(next_).name;
            fields.push_back({name, field(), true, ""});
        }
        return DataType::struct_(std::move(fields));
    }

    TypePtr field() {
        const auto e = elements_.at(next_++);
        auto type = content(e);
        // A repeated field outside of LIST and MAP is a list of required elements.
        return e.repetition == "REPEATED" ? DataType::array(type, false) : type;
    }

    TypePtr content(const Element& e) {
        if (e.num_children == 0) return leaf_type(e);
        if (e.converted == "LIST" || has(e.logical, "ListType")) return list(e);
        if (e.converted == "MAP" || e.converted == "MAP_KEY_VALUE" || has(e.logical, "MapType"))
            return map();
        return group(e.num_children);
    }

    TypePtr list(const Element& e) {
        const auto repeated = elements_.at(next_++);
        // Two levels: the repeated element itself is what the list holds.
        bool is_element = repeated.num_children != 1 || repeated.name == "array" ||
                          repeated.name == e.name + "_tuple";
        if (is_element) return DataType::array(content(repeated));
        return DataType::array(field());
    }

    TypePtr map() {
        next_++;
        auto key = field();
        return DataType::map(key, field());
    }

    std::vector<Element> elements_;
    size_t next_ = 0;
};

bool may_be_variant(const DataType& type) {
    if (!type.is(types::TypeId::kStruct)) return false;
    const auto& fields = type.fields();
    return fields.size() >= 2 && type.field_index("metadata", true) >= 0 &&
           type.field_index("value", true) >= 0;
}

// Annotations of groups are not among the elements: columns that look like variants are looked up.
TypePtr with_variants(
    duckdb::Connection& connection, const std::string& path, const TypePtr& schema) {
    types::Fields fields = schema->fields();
    bool any = false;
    for (const auto& field : fields) any = any || may_be_variant(*field.type);
    if (!any) return schema;
    auto result = query(connection,
        "SELECT column_type FROM (DESCRIBE SELECT * FROM read_parquet(" + quoted(path) + "))",
        path);
    for (size_t i = 0; i < fields.size() && i < result->RowCount(); i++) {
        if (text_of(result->GetValue(0, i)) == "VARIANT") fields[i].type = DataType::variant();
    }
    return DataType::struct_(std::move(fields));
}

TypePtr schema_of_readable(duckdb::Connection& connection, const std::string& path) {
    if (auto schema = footer_schema(connection, path)) return DataType::as_nullable(schema);
    auto schema = SchemaTree(elements_of(connection, path)).root();
    return DataType::as_nullable(with_variants(connection, path, schema));
}

// Null: the file is left out.
TypePtr schema_of(
    duckdb::Connection& connection, const std::string& path, const FileFaults& faults) {
    try {
        return schema_of_readable(connection, path);
    } catch (const std::exception& error) {
        auto& system = duckdb::FileSystem::GetFileSystem(*connection.context);
        if (!faults.ignore(system, path_to_open(path), error)) throw;
        return nullptr;
    }
}

}  // namespace

TypePtr infer_parquet_schema(duckdb::Connection& connection, const std::vector<std::string>& files,
    const std::map<std::string, std::string>& options, const QueryContext& context) {
    parquet_calendar_modes(options, context);  // raises for what is no mode
    if (files.empty()) return DataType::struct_({});
    auto conf = context.conf.find("spark.sql.parquet.mergeSchema");
    bool merges = option_bool(
        options, "mergeschema", conf != context.conf.end() && conf->second == "true");
    FileFaults faults(options, context);
    TypePtr merged;
    for (size_t i = 0; (merges || !merged) && i < files.size(); i++) {
        auto next = schema_of(connection, files[i], faults);
        if (!next) continue;
        try {
            merged = merged ? merged_schema(merged, next) : next;
        } catch (const Error&) {
            throw Error(ErrorKind::kSpark, "CANNOT_MERGE_SCHEMAS",
                {{"left", "\"" + merged->sql() + "\""}, {"right", "\"" + next->sql() + "\""}});
        }
    }
    if (!merged) throw analysis_error("UNABLE_TO_INFER_SCHEMA", {{"format", "Parquet"}});
    return merged;
}

}  // namespace hanok::engine
