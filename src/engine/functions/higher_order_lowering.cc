// Lowerings of functions that take lambdas.

#include <algorithm>
#include <duckdb/parser/expression/list.hpp>
#include <duckdb/parser/parsed_expression_iterator.hpp>
#include <set>

#include "engine/functions/collections.h"
#include "engine/functions/decimal_lowering.h"
#include "engine/functions/value_kernel.h"
#include "engine/types/logical_types.h"

namespace hanok::engine {

using duckdb::LogicalType;
using types::DataType;

namespace {

DuckExpr column(const std::string& name) {
    return duckdb::make_uniq<duckdb::ColumnRefExpression>(name);
}

DuckExpr typed(DuckExpr e, const DataType& type) {
    return duck_cast(std::move(e), to_logical_type(type));
}

DuckExpr field_of(DuckExpr child, const std::string& name) {
    return duck_call("struct_extract", duck_list(std::move(child), text_argument(name)));
}

DuckExpr make_lambda(duckdb::vector<std::string> names, DuckExpr body) {
    return duckdb::make_uniq<duckdb::LambdaExpression>(std::move(names), std::move(body));
}

// A lambda taken apart: names of the parameters, and the body.
struct Parts {
    duckdb::vector<std::string> names;
    DuckExpr body;
};

Parts parts_of(DuckExpr& lambda) {
    auto& l = lambda->Cast<duckdb::LambdaExpression>();
    std::string error;
    Parts parts;
    for (auto& parameter : l.ExtractColumnRefExpressions(error)) {
        parts.names.push_back(parameter.get().Cast<duckdb::ColumnRefExpression>().GetColumnName());
    }
    if (!error.empty()) throw internal_error(error);
    parts.body = std::move(l.expr);
    return parts;
}

// Puts an expression in the place of a parameter. Names of parameters are unique in a query.
void replace(DuckExpr& e, const std::string& name, const duckdb::ParsedExpression& by) {
    if (e->GetExpressionClass() == duckdb::ExpressionClass::COLUMN_REF) {
        const auto& ref = e->Cast<duckdb::ColumnRefExpression>();
        if (ref.column_names.size() == 1 && ref.column_names[0] == name) {
            auto alias = e->GetAlias();
            e = by.Copy();
            e->SetAlias(alias);
        }
        return;
    }
    duckdb::ParsedExpressionIterator::EnumerateChildren(
        *e, [&](DuckExpr& child) { replace(child, name, by); });
}

// Spark's index is an INT from 0, DuckDB's a BIGINT from 1.
DuckExpr with_index(DuckExpr lambda) {
    auto parts = parts_of(lambda);
    if (parts.names.size() > 1) {
        auto one = duck_cast(duck_constant(duckdb::Value::BIGINT(1)), LogicalType::BIGINT);
        auto index = duck_cast(duck_call("-", duck_list(column(parts.names[1]), std::move(one))),
            LogicalType::INTEGER);
        replace(parts.body, parts.names[1], *index);
    }
    return make_lambda(std::move(parts.names), std::move(parts.body));
}

DuckExpr transformed(DuckExpr list, DuckExpr lambda) {
    return duck_call("list_transform", duck_list(std::move(list), std::move(lambda)));
}

// The lambda over the fields of a struct parameter, one field for each parameter; returns the
// parameter's name.
std::string over_fields(Parts& parts, const std::vector<std::string>& fields) {
    std::string entry = parts.names[0] + "_entry";
    for (size_t i = 0; i < parts.names.size(); ++i) {
        replace(parts.body, parts.names[i], *field_of(column(entry), fields[i]));
    }
    return entry;
}

// {k: …, v: …}, as DuckDB's map_from_entries takes it.
DuckExpr pair(DuckExpr key, DuckExpr value) {
    key->SetAlias("k");
    value->SetAlias("v");
    return duck_call("struct_pack", duck_list(std::move(key), std::move(value)));
}

DuckExpr transform(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    return typed(transformed(std::move(args[0]), with_index(std::move(args[1]))), *call.type);
}

DuckExpr filter(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    auto lambda = with_index(std::move(args[1]));
    return typed(
        duck_call("list_filter", duck_list(std::move(args[0]), std::move(lambda))), *call.type);
}

LowerFunction quantified(const std::string& kernel) {
    return [kernel](const LowerContext&, const resolved::Call& call, DuckExprs args) {
        auto answers = transformed(std::move(args[0]), std::move(args[1]));
        return value_call(kernel, *call.type, duck_list(std::move(answers)));
    };
}

// Columns that a body reads and no lambda around it or in it makes, in the order they come.
void collect_captured(
    DuckExpr& e, std::set<std::string> bound, std::vector<std::string>& captured) {
    if (e->GetExpressionClass() == duckdb::ExpressionClass::COLUMN_REF) {
        const auto& ref = e->Cast<duckdb::ColumnRefExpression>();
        if (ref.column_names.size() != 1) throw internal_error("a qualified column in a lambda");
        const auto& name = ref.column_names[0];
        bool known = bound.contains(name) ||
                     std::find(captured.begin(), captured.end(), name) != captured.end();
        if (!known) captured.push_back(name);
        return;
    }
    if (e->GetExpressionClass() == duckdb::ExpressionClass::LAMBDA) {
        auto& lambda = e->Cast<duckdb::LambdaExpression>();
        std::string error;
        for (auto& parameter : lambda.ExtractColumnRefExpressions(error))
            bound.insert(parameter.get().Cast<duckdb::ColumnRefExpression>().GetColumnName());
        collect_captured(lambda.expr, std::move(bound), captured);
        return;
    }
    duckdb::ParsedExpressionIterator::EnumerateChildren(
        *e, [&](DuckExpr& child) { collect_captured(child, bound, captured); });
}

// The state, an element and the columns that the lambda reads are fields of one struct: list_reduce
// wants states and elements of one type, and mixes up rows of columns outside of its lambda.
DuckExpr aggregate(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    const auto& state_type = *call.args[1]->type;
    const auto& element_type = *call.args[0]->type->element();
    auto merge = parts_of(args[2]);
    std::vector<std::string> captured;
    collect_captured(merge.body, {merge.names[0], merge.names[1]}, captured);
    auto field = [](size_t i) { return "k" + std::to_string(i); };
    auto step = [&](DuckExpr state, DuckExpr element, const std::string& from) {
        auto s = typed(std::move(state), state_type);
        auto e = typed(std::move(element), element_type);
        s->SetAlias("s");
        e->SetAlias("e");
        auto fields = duck_list(std::move(s), std::move(e));
        for (size_t i = 0; i < captured.size(); ++i) {
            fields.push_back(from.empty() ? column(captured[i]) : field_of(column(from), field(i)));
            fields.back()->SetAlias(field(i));
        }
        return duck_call("struct_pack", std::move(fields));
    };
    auto null = [] { return duck_constant(duckdb::Value()); };
    std::string state = merge.names[0] + "_state";
    std::string element = merge.names[1] + "_step";
    replace(merge.body, merge.names[0], *field_of(column(state), "s"));
    replace(merge.body, merge.names[1], *field_of(column(element), "e"));
    for (size_t i = 0; i < captured.size(); ++i)
        replace(merge.body, captured[i], *field_of(column(element), field(i)));
    auto steps = transformed(std::move(args[0]),
        make_lambda({merge.names[1]}, step(null(), column(merge.names[1]), "")));
    auto body = step(std::move(merge.body), null(), element);
    auto reduced = duck_call(
        "list_reduce", duck_list(std::move(steps), make_lambda({state, element}, std::move(body)),
                           step(std::move(args[1]), null(), "")));
    auto result = field_of(std::move(reduced), "s");
    if (args.size() > 3) {
        auto one = duck_call("list_value", duck_list(typed(std::move(result), state_type)));
        auto first = duck_cast(duck_constant(duckdb::Value::BIGINT(1)), LogicalType::BIGINT);
        result = duck_call("list_extract",
            duck_list(transformed(std::move(one), std::move(args[3])), std::move(first)));
    }
    return typed(std::move(result), *call.type);
}

// A list of structs f0, f1, … made by a kernel.
DuckExpr rows(
    const std::string& kernel, const std::vector<types::TypePtr>& fields, DuckExprs args) {
    types::Fields row;
    for (const auto& type : fields) row.push_back({"", type, true, ""});
    return value_call(kernel, *DataType::array(DataType::struct_(std::move(row))), std::move(args));
}

DuckExpr zip_with(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    auto parts = parts_of(args[2]);
    auto zipped = rows("spark_arrays_zip",
        {call.args[0]->type->element(), call.args[1]->type->element()},
        duck_list(std::move(args[0]), std::move(args[1])));
    auto entry = over_fields(parts, {"f0", "f1"});
    return typed(
        transformed(std::move(zipped), make_lambda({entry}, std::move(parts.body))), *call.type);
}

DuckExpr entries(const resolved::Call& call, DuckExpr map) {
    const auto& type = *call.args[0]->type;
    return rows("spark_map_entries", {type.key(), type.value()}, duck_list(std::move(map)));
}

DuckExpr map_filter(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    auto parts = parts_of(args[1]);
    auto entry = over_fields(parts, {"f0", "f1"});
    auto kept = duck_call("list_filter",
        duck_list(entries(call, std::move(args[0])), make_lambda({entry}, std::move(parts.body))));
    return value_call("spark_map_from_entries", *call.type, duck_list(std::move(kept)));
}

// A map of the pairs (key, value) made from each entry.
DuckExpr map_of(const LowerContext& context, const resolved::Call& call, DuckExpr list,
    const std::string& entry, DuckExpr key, DuckExpr value) {
    auto made = pair(
        typed(std::move(key), *call.type->key()), typed(std::move(value), *call.type->value()));
    return value_call(map_maker(context, "spark_map_from_entries"), *call.type,
        duck_list(transformed(std::move(list), make_lambda({entry}, std::move(made)))));
}

DuckExpr transform_keys(const LowerContext& context, const resolved::Call& call, DuckExprs args) {
    auto parts = parts_of(args[1]);
    auto entry = over_fields(parts, {"f0", "f1"});
    return map_of(context, call, entries(call, std::move(args[0])), entry, std::move(parts.body),
        field_of(column(entry), "f1"));
}

DuckExpr transform_values(const LowerContext& context, const resolved::Call& call, DuckExprs args) {
    auto parts = parts_of(args[1]);
    auto entry = over_fields(parts, {"f0", "f1"});
    return map_of(context, call, entries(call, std::move(args[0])), entry,
        field_of(column(entry), "f0"), std::move(parts.body));
}

DuckExpr map_zip_with(const LowerContext& context, const resolved::Call& call, DuckExprs args) {
    auto parts = parts_of(args[2]);
    auto zipped = rows("spark_map_zip",
        {call.args[0]->type->key(), call.args[0]->type->value(), call.args[1]->type->value()},
        duck_list(std::move(args[0]), std::move(args[1])));
    auto entry = over_fields(parts, {"f0", "f1", "f2"});
    return map_of(context, call, std::move(zipped), entry, field_of(column(entry), "f0"),
        std::move(parts.body));
}

// Compares every element with every other one; the kernel sorts by that.
DuckExpr array_sort_by(const LowerContext&, const resolved::Call& call, DuckExprs args) {
    auto parts = parts_of(args[1]);
    auto row = transformed(args[0]->Copy(),
        make_lambda({parts.names[1]}, typed(std::move(parts.body), *DataType::integer())));
    auto matrix = transformed(args[0]->Copy(), make_lambda({parts.names[0]}, std::move(row)));
    return value_call(
        "spark_array_sort_by", *call.type, duck_list(std::move(args[0]), std::move(matrix)));
}

}  // namespace

void lower_higher_order(FunctionLowerings& l) {
    l.scalar("transform", transform);
    l.scalar("filter", filter);
    l.scalar("exists", quantified("spark_any_true"));
    l.scalar("forall", quantified("spark_all_true"));
    l.scalar("aggregate", aggregate);
    l.scalar("zip_with", zip_with);
    l.scalar("map_filter", map_filter);
    l.scalar("transform_keys", transform_keys);
    l.scalar("transform_values", transform_values);
    l.scalar("map_zip_with", map_zip_with);
    l.scalar("array_sort_by", array_sort_by);
}

}  // namespace hanok::engine
