// from_json, to_json, json_tuple, schema_of_json and their relatives.

#include <simdjson.h>

#include "engine/functions/format_options.h"
#include "engine/functions/groups.h"
#include "engine/functions/json_path.h"
#include "engine/functions/json_text.h"
#include "engine/functions/list_result.h"
#include "engine/functions/map_options.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"
#include "engine/io/json_format.h"
#include "engine/io/json_values.h"
#include "engine/io/malformed_record.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;
using types::TypeId;

namespace {

// Reads one JSON text into a value of the schema's type.
class JsonReader {
public:
    JsonReader(const types::TypePtr& type, const JsonOptions& options)
        : type_(type),
          options_(options),
          cursor_(options.syntax),
          writer_(JsonValueWriter::make(*type, options, "")) {
        if (!type->is(TypeId::kStruct)) return;
        for (size_t i = 0; i < type->fields().size(); ++i) {
            if (type->fields()[i].name == options.corrupt_column) corrupt_ = i;
        }
    }

    void read(duckdb::Vector& result, idx_t row, std::string_view text) {
        bool good = false, partial = false;
        try {
            cursor_.start(text);
            auto kind = cursor_.peek();
            if (kind == JsonKind::kEnd) {
                FlatVector::SetNull(result, row, true);
                return;
            }
            good = value(result, row, kind, &partial);
        } catch (const JsonSyntaxError&) {
            partial = false;
        }
        if (good) return;
        if (options_.mode == ParseMode::kFailFast) throw_malformed_record(text);
        malformed(result, row, text, partial);
    }

private:
    // A struct may stand alone in an array; an array of structs may be one object.
    bool value(duckdb::Vector& result, idx_t row, JsonKind kind, bool* partial) {
        *partial = true;
        if (type_->is(TypeId::kStruct) && kind == JsonKind::kArray) {
            cursor_.enter_array();
            if (!cursor_.next_element()) {
                FlatVector::SetNull(result, row, true);
                return true;
            }
        }
        if (type_->is(TypeId::kArray) && type_->element()->is(TypeId::kStruct) &&
            kind == JsonKind::kObject) {
            return single(result, row);
        }
        return writer_->write(result, row, cursor_);
    }

    bool single(duckdb::Vector& result, idx_t row) {
        auto offset = duckdb::ListVector::GetListSize(result);
        duckdb::ListVector::Reserve(result, offset + 1);
        auto element = JsonValueWriter::make(*type_->element(), options_, "");
        bool good = element->write(duckdb::ListVector::GetEntry(result), offset, cursor_);
        duckdb::ListVector::SetListSize(result, offset + 1);
        FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {offset, 1};
        return good;
    }

    void malformed(duckdb::Vector& result, idx_t row, std::string_view text, bool partial) {
        if (!type_->is(TypeId::kStruct)) {
            FlatVector::SetNull(result, row, true);
            return;
        }
        FlatVector::SetNull(result, row, false);
        auto& fields = duckdb::StructVector::GetEntries(result);
        for (size_t i = 0; i < fields.size(); ++i) {
            if (i == corrupt_) {
                FlatVector::SetNull(*fields[i], row, false);
                FlatVector::GetData<duckdb::string_t>(*fields[i])[row] =
                    duckdb::StringVector::AddStringOrBlob(*fields[i], text.data(), text.size());
            } else if (!partial) {
                FlatVector::SetNull(*fields[i], row, true);
            }
        }
    }

    types::TypePtr type_;
    const JsonOptions& options_;
    JsonCursor cursor_;
    std::unique_ptr<JsonValueWriter> writer_;
    size_t corrupt_ = SIZE_MAX;
};

void add_from_json(KernelSet& kernels) {
    add_format_kernel(kernels, "spark_from_json", 1, duckdb::LogicalType::VARCHAR,
        [](const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count,
            duckdb::Vector& result) {
            QueryContext context;
            auto source = unpack_options(call.constants[0], &context);
            auto reader_options = json_options(source, context);
            JsonReader reader(call.result, reader_options);
            for (idx_t row = 0; row < count; ++row) {
                if (columns[0].is_null(row)) {
                    FlatVector::SetNull(result, row, true);
                } else {
                    reader.read(result, row, columns[0].text(row));
                }
            }
        });
}

JsonTextOptions read_text_options(const std::string& packed) {
    QueryContext context;
    auto options = unpack_options(packed, &context);
    JsonTextOptions text;
    text.time_zone = option_text(options, "timezone", context.time_zone);
    text.ignore_null_fields = option_bool(options, "ignorenullfields", true);
    text.pretty = option_bool(options, "pretty", false);
    text.sort_keys = option_bool(options, "sortkeys", false);
    text.timestamp_format = option_text(options, "timestampformat");
    text.timestamp_ntz_format = option_text(options, "timestampntzformat");
    text.date_format = option_text(options, "dateformat");
    text.time_format = option_text(options, "timeformat");
    return text;
}

// A query has one text of options for all its rows: each thread reads it once.
const JsonTextOptions& text_options(const std::string& packed) {
    thread_local std::string last;
    thread_local JsonTextOptions options;
    if (last != packed) {
        options = read_text_options(packed);
        last = packed;
    }
    return options;
}

void add_to_json(KernelSet& kernels) {
    add_text_kernel(kernels, "spark_to_json", 1,
        [](const TypedCall& call, const NestedColumn& column, idx_t row, std::string& out) {
            append_json(out, column, row, text_options(call.constants[0]));
            return true;
        });
}

using simdjson::dom::element;

bool parse(std::string_view json, element* out) {
    thread_local simdjson::dom::parser parser;
    return parser.parse(json.data(), json.size(), true).get(*out) == simdjson::SUCCESS;
}

// Fields of an object as strings; scalars bare, others as JSON.
std::optional<std::string> field_text(const element& object, std::string_view name) {
    for (auto [key, value] : simdjson::dom::object(object)) {
        if (key != name) continue;
        if (value.is_null()) return std::nullopt;
        if (value.is_string()) return std::string(value.get_string().value_unsafe());
        return simdjson::minify(value);
    }
    return std::nullopt;
}

// One row: the fields named by the arguments behind the JSON text.
void add_json_tuple(KernelSet& kernels) {
    TypedOptions options;
    options.result = duckdb::LogicalType::VARCHAR;
    options.keeps_nulls = true;
    add_typed_kernel(kernels, "spark_json_tuple", options,
        [](const TypedCall&, std::vector<NestedColumn>& columns, idx_t count,
            duckdb::Vector& result) {
            duckdb::ListVector::Reserve(result, count);
            auto& fields = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
            auto* lists = FlatVector::GetData<duckdb::list_entry_t>(result);
            for (idx_t row = 0; row < count; ++row) {
                lists[row] = {row, 1};
                element object;
                bool is_object = !columns[0].is_null(row) && parse(columns[0].text(row), &object) &&
                                 object.is_object();
                for (size_t i = 0; i < fields.size(); ++i) {
                    std::optional<std::string> text;
                    if (is_object && !columns[i + 1].is_null(row))
                        text = field_text(object, columns[i + 1].text(row));
                    if (!text) {
                        FlatVector::SetNull(*fields[i], row, true);
                    } else {
                        FlatVector::GetData<duckdb::string_t>(*fields[i])[row] =
                            duckdb::StringVector::AddStringOrBlob(
                                *fields[i], text->data(), text->size());
                    }
                }
            }
            duckdb::ListVector::SetListSize(result, count);
        });
}

void add_inspection(KernelSet& kernels) {
    kernels.add("spark_get_json_object",
        [](std::string_view json, std::string_view path) { return json_at_path(json, path); });
    kernels.add("spark_json_array_length", [](std::string_view json) -> std::optional<int32_t> {
        element e;
        if (!parse(json, &e) || !e.is_array()) return std::nullopt;
        return static_cast<int32_t>(simdjson::dom::array(e).size());
    });
    kernels.add(
        "spark_schema_of_json",
        [](std::string_view json, std::string_view packed) {
            QueryContext context;
            auto options = json_options(unpack_options(std::string(packed), &context), context);
            auto type = infer_json_value(json, options);
            if (type) return type->sql();
            raise(runtime_error("INVALID_JSON_SCHEMA_INPUT", {{"input", std::string(json)}}));
        },
        Fallible::kYes);
    using duckdb::LogicalType;
    auto keys = [](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
        args.Flatten();
        result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
        auto* lists = FlatVector::GetData<duckdb::list_entry_t>(result);
        auto* texts = FlatVector::GetData<duckdb::string_t>(args.data[0]);
        for (idx_t row = 0; row < args.size(); ++row) {
            element e;
            if (FlatVector::IsNull(args.data[0], row) ||
                !parse(Slot<std::string_view>::load(texts[row]), &e) || !e.is_object()) {
                FlatVector::SetNull(result, row, true);
                continue;
            }
            std::vector<std::string_view> names;
            for (auto field : simdjson::dom::object(e)) names.push_back(field.key);
            lists[row] = append_strings(result, names);
        }
    };
    kernels.add(duckdb::ScalarFunction("spark_json_object_keys", {LogicalType::VARCHAR},
        LogicalType::LIST(LogicalType::VARCHAR), keys));
}

}  // namespace

void lower_json(FunctionLowerings& l) {
    static constexpr const char* kIgnoreNullFields = "spark.sql.jsonGenerator.ignoreNullFields";
    l.scalar(
        "from_json", [](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
            auto packed = pack_options(map_options(call.args, 1), context.query);
            return typed_call("spark_from_json", {call.args[0]->type}, call.type, {packed},
                duck_list(std::move(args[0])));
        });
    l.scalar(
        "to_json", [](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
            auto options = map_options(call.args, 1);
            auto conf = context.query.conf.find(kIgnoreNullFields);
            if (conf != context.query.conf.end())
                options.try_emplace("ignorenullfields", conf->second);
            auto packed = pack_options(options, context.query);
            return typed_call("spark_to_json", {call.args[0]->type}, nullptr, {packed},
                duck_list(std::move(args[0])));
        });
    l.scalar("schema_of_json", [](const LowerContext& context, const resolved::Call& call,
                                   DuckExprs args) {
        auto packed = duck_constant(
            duckdb::Value(pack_options(map_options(call.args, 1), context.query)));
        return duck_call("spark_schema_of_json", duck_list(std::move(args[0]), std::move(packed)));
    });
    l.generator(
        "json_tuple", [](const LowerContext&, const std::string&, const resolved::Exprs& given,
                          const std::vector<types::TypePtr>& columns, DuckExprs args) {
            types::Fields fields;
            for (size_t i = 0; i < columns.size(); ++i)
                fields.push_back({"c" + std::to_string(i), columns[i], true, ""});
            std::vector<types::TypePtr> argument_types;
            for (const auto& e : given) argument_types.push_back(e->type);
            auto type = types::DataType::array(types::DataType::struct_(fields));
            return typed_call("spark_json_tuple", argument_types, type, {}, std::move(args));
        });
}

void add_json(KernelSet& kernels) {
    add_from_json(kernels);
    add_to_json(kernels);
    add_json_tuple(kernels);
    add_inspection(kernels);
}

}  // namespace hanok::engine
