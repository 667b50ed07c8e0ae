#include "engine/functions/variant/variant_functions.h"

#include "base/error.h"
#include "engine/functions/typed_kernel.h"
#include "engine/functions/typed_lowering.h"
#include "engine/functions/value_kernel.h"
#include "engine/functions/variant/variant_cast.h"
#include "engine/functions/variant/variant_json.h"
#include "engine/functions/variant/variant_path.h"
#include "engine/functions/variant/variant_schema.h"
#include "engine/io/json_cursor.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;
using types::DataType;
using types::TypePtr;

namespace {

VariantView view_at(const NestedColumn& column, idx_t row) {
    return {column.child(0).text(row), column.child(1).text(row)};
}

void store_bytes(Vector& vector, idx_t row, std::string_view bytes) {
    FlatVector::GetData<duckdb::string_t>(vector)[row] = duckdb::StringVector::AddStringOrBlob(
        vector, bytes.data(), bytes.size());
}

void store_variant(Vector& result, idx_t row, const VariantBuilder& built) {
    auto& parts = duckdb::StructVector::GetEntries(result);
    store_bytes(*parts[0], row, built.value());
    store_bytes(*parts[1], row, built.metadata());
}

// parse_json(text), constants: "try" or "".
void parse_json(
    const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count, Vector& result) {
    bool is_try = call.constants[0] == "try";
    for (idx_t row = 0; row < count; ++row) {
        if (columns[0].is_null(row)) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        auto text = columns[0].text(row);
        try {
            VariantBuilder built;
            read_variant_json(text, built);
            store_variant(result, row, built);
        } catch (const JsonSyntaxError&) {
            if (!is_try) {
                raise(runtime_error("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                    {{"badRecord", std::string(text)}, {"failFastMode", "FAILFAST"}}));
            }
            FlatVector::SetNull(result, row, true);
        } catch (const duckdb::Exception&) {
            if (!is_try) throw;
            FlatVector::SetNull(result, row, true);
        }
    }
}

// What variant_get and CAST are called with beside the value.
struct GetCall {
    VariantCastContext context;
    bool is_try = false;
    std::string function;

    explicit GetCall(const TypedCall& call) {
        context.time_zone = call.constants[0];
        context.now_micros = std::stoll(call.constants[1]);
        is_try = call.constants[2] == "try";
        function = call.constants[3];
    }

    void store(const VariantView& value, const DataType& type, Vector& result, idx_t row) const {
        auto cast = cast_variant(value, type, context);
        if (!cast && !is_try) {
            std::string text;
            append_variant_json(text, value, context.time_zone);
            raise(runtime_error(
                "INVALID_VARIANT_CAST", {{"value", text}, {"dataType", "\"" + type.sql() + "\""}}));
        }
        result.SetValue(row, to_duckdb_value(cast ? *cast : types::Value(), type));
    }
};

void variant_get(
    const TypedCall& call, std::vector<NestedColumn>& columns, idx_t count, Vector& result) {
    GetCall get(call);
    std::string known;
    std::optional<std::vector<VariantStep>> path;
    for (idx_t row = 0; row < count; ++row) {
        bool has_path = columns.size() > 1;
        if (columns[0].is_null(row) || (has_path && columns[1].is_null(row))) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        std::string text(has_path ? columns[1].text(row) : "$");
        if (!path || text != known) {
            path = parse_variant_path(text);
            known = text;
        }
        if (!path) {
            raise(runtime_error("INVALID_VARIANT_GET_PATH",
                {{"path", text}, {"functionName", "`" + get.function + "`"}}));
        }
        auto found = variant_at(view_at(columns[0], row), *path);
        if (found) {
            get.store(*found, *call.result, result, row);
        } else {
            FlatVector::SetNull(result, row, true);
        }
    }
}

void to_variant(const TypedCall&, std::vector<NestedColumn>& columns, idx_t count, Vector& result) {
    for (idx_t row = 0; row < count; ++row) {
        if (columns[0].is_null(row)) {
            FlatVector::SetNull(result, row, true);
            continue;
        }
        VariantBuilder built;
        append_variant(built, columns[0], row);
        store_variant(result, row, built);
    }
}

// One list of (pos, key, value) a row.
void explode(const TypedCall&, std::vector<NestedColumn>& columns, idx_t count, Vector& result) {
    auto* lists = FlatVector::GetData<duckdb::list_entry_t>(result);
    for (idx_t row = 0; row < count; ++row) {
        auto offset = duckdb::ListVector::GetListSize(result);
        lists[row] = {offset, 0};
        if (columns[0].is_null(row)) continue;
        auto value = view_at(columns[0], row);
        bool is_object = value.kind() == VariantKind::kObject;
        if (!is_object && value.kind() != VariantKind::kArray) continue;
        auto size = value.size();
        duckdb::ListVector::Reserve(result, offset + size);
        auto& fields = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
        for (size_t i = 0; i < size; ++i) {
            FlatVector::GetData<int32_t>(*fields[0])[offset + i] = static_cast<int32_t>(i);
            if (is_object) {
                store_bytes(*fields[1], offset + i, value.key(i));
            } else {
                FlatVector::SetNull(*fields[1], offset + i, true);
            }
            VariantBuilder part;
            part.copy(value.element(i));
            store_variant(*fields[2], offset + i, part);
        }
        lists[row].length = size;
        duckdb::ListVector::SetListSize(result, offset + size);
    }
}

// ---- schemas

std::string_view bytes_of(const duckdb::Value& v) { return duckdb::StringValue::Get(v); }

// The type of all variants of a list; NULLs do not count.
duckdb::Value schema_of_all(const Values& args, const duckdb::LogicalType&) {
    auto type = DataType::null();
    if (!args[0].IsNull()) {
        for (const auto& item : duckdb::ListValue::GetChildren(args[0])) {
            if (item.IsNull()) continue;
            const auto& parts = duckdb::StructValue::GetChildren(item);
            VariantView view(bytes_of(parts[0]), bytes_of(parts[1]));
            type = merge_variant_types(type, variant_type(view));
        }
    }
    return duckdb::Value(variant_type_text(*type));
}

TypedOptions options(size_t constants, duckdb::LogicalType result, bool keeps_nulls) {
    TypedOptions out;
    out.constants = constants;
    out.result = std::move(result);
    out.keeps_nulls = keeps_nulls;
    out.is_fallible = true;
    return out;
}

template <class Test>
void add_test(KernelSet& kernels, const std::string& name, bool keeps_nulls, Test test) {
    add_typed_kernel(kernels, name, options(0, duckdb::LogicalType::BOOLEAN, keeps_nulls),
        [test](const TypedCall&, std::vector<NestedColumn>& columns, idx_t count, Vector& result) {
            auto* out = FlatVector::GetData<bool>(result);
            for (idx_t row = 0; row < count; ++row)
                out[row] = !columns[0].is_null(row) && test(columns[0], row);
        });
}

// Lowers to kernel(value…, time zone, now, mode, function name).
LowerFunction get_lowering(const std::string& mode, const std::string& name) {
    return [mode, name](const LowerContext& context, const resolved::Call& call, DuckExprs args) {
        args.resize(2);
        return typed_call("spark_variant_get", {call.args[0]->type, call.args[1]->type}, call.type,
            {context.query.time_zone, std::to_string(context.query.now_micros), mode, name},
            std::move(args));
    };
}

LowerFunction typed_lowering(
    const std::string& kernel, std::vector<std::string> constants, bool has_result) {
    return [=](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        return typed_call(kernel, {call.args[0]->type}, has_result ? call.type : nullptr, constants,
            duck_list(std::move(args[0])));
    };
}

}  // namespace

DuckExpr lower_variant_cast(const LowerContext& context, DuckExpr child, const DataType& from,
    const DataType& to, bool is_try) {
    auto source = std::make_shared<DataType>(from);
    auto target = std::make_shared<DataType>(to);
    if (to.is(types::TypeId::kVariant))
        return typed_call("spark_to_variant", {source}, target, {}, duck_list(std::move(child)));
    return typed_call("spark_variant_get", {source}, target,
        {context.query.time_zone, std::to_string(context.query.now_micros), is_try ? "try" : "",
            "cast"},
        duck_list(std::move(child)));
}

void lower_variants(FunctionLowerings& l) {
    l.scalar("parse_json", typed_lowering("spark_parse_json", {"ansi"}, true));
    l.scalar("try_parse_json", typed_lowering("spark_parse_json", {"try"}, true));
    l.scalar("variant_get", get_lowering("", "variant_get"));
    l.scalar("try_variant_get", get_lowering("try", "try_variant_get"));
    l.scalar("to_variant_object", typed_lowering("spark_to_variant", {}, true));
    for (const char* name : {"is_variant_null", "is_valid_variant", "schema_of_variant"})
        l.scalar(name, typed_lowering("spark_" + std::string(name), {}, false));
    l.generator(
        "variant_explode", [](const LowerContext&, const std::string&, const resolved::Exprs& given,
                               const std::vector<TypePtr>& columns, DuckExprs args) {
            types::Fields fields;
            for (size_t i = 0; i < columns.size(); ++i)
                fields.push_back({"c" + std::to_string(i), columns[i], true, ""});
            return typed_call("spark_variant_explode", {given[0]->type},
                DataType::array(DataType::struct_(fields)), {}, std::move(args));
        });
    l.aggregate("schema_of_variant_agg",
        [](const LowerContext&, const AggregateCall& call, DuckExprs args, DuckExprs) {
            LoweredAggregate out;
            out.function = duckdb::make_uniq<duckdb::FunctionExpression>("list", std::move(args));
            out.finish = [type = call.type](DuckExpr e) {
                return value_call("spark_schema_of_variants", *type, duck_list(std::move(e)));
            };
            return out;
        });
}

void add_variants(KernelSet& kernels) {
    auto any = to_logical_type(*DataType::variant());
    add_typed_kernel(kernels, "spark_parse_json", options(1, any, true), parse_json);
    add_typed_kernel(kernels, "spark_variant_get", options(4, any, true), variant_get);
    add_typed_kernel(kernels, "spark_to_variant", options(0, any, true), to_variant);
    add_typed_kernel(kernels, "spark_variant_explode", options(0, any, true), explode);
    add_test(kernels, "spark_is_variant_null", true, [](const NestedColumn& c, idx_t row) {
        return view_at(c, row).kind() == VariantKind::kNull;
    });
    add_test(kernels, "spark_is_valid_variant", false, [](const NestedColumn& c, idx_t row) {
        return VariantView::is_valid(c.child(0).text(row), c.child(1).text(row));
    });
    add_text_kernel(kernels, "spark_schema_of_variant", 0,
        [](const TypedCall&, const NestedColumn& column, idx_t row, std::string& out) {
            out = variant_type_text(*variant_type(view_at(column, row)));
            return true;
        });
    add_value_kernel(kernels, "spark_schema_of_variants", schema_of_all,
        {.keeps_nulls = true, .is_fallible = true});
}

}  // namespace hanok::engine
