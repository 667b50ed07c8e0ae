// SELECT TRANSFORM: rows as lines of text for a script, and back.

#include "analyzer/script_transform.h"

#include "analyzer/impl.h"
#include "plan/script_transform.h"
#include "resolved/python_eval_type.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using types::DataType;
using types::TypeId;
using types::TypePtr;

using Impl = Analyzer::Impl;

namespace {

// One line: the values as texts, nested ones as JSON.
ExprPtr line_of(Impl& impl, const Rel& child, const plan::RowFormat& format) {
    resolved::Exprs parts;
    auto null_text = Impl::string_literal(format.null_text);
    for (const auto& a : child.scope) {
        auto value = resolved::ref(a);
        auto text = a.type->is_nested() ? impl.call("to_json", {value})
                                        : cast_to(value, DataType::string(), false);
        if (!parts.empty()) parts.push_back(Impl::string_literal(format.field_end));
        parts.push_back(impl.call("coalesce", {text, null_text}));
    }
    parts.push_back(Impl::string_literal("\n"));
    return impl.call("concat", std::move(parts));
}

bool has_text_form(const DataType& type) {
    switch (type.id()) {
        case TypeId::kNull:
        case TypeId::kVariant: return false;
        default: return true;
    }
}

// The value that a text stands for; NULL where it is none.
ExprPtr value_of(Impl& impl, const ExprPtr& text, const TypePtr& type) {
    if (type->is_string()) return text;
    if (type->is_nested()) return impl.call("from_json", {text, Impl::string_literal(type->sql())});
    if (type->is(TypeId::kBinary)) return cast_to(text, type, false);
    if (type->is(TypeId::kBoolean)) {
        // Java's, not SQL's: "yes" and "1" are no booleans.
        auto lower = impl.call("lower", {text});
        auto is_true = impl.call("==", {lower, Impl::string_literal("true")});
        auto is_false = impl.call("==", {lower, Impl::string_literal("false")});
        return impl.call(
            "if", {is_true, Impl::bool_literal(true),
                      impl.call("if", {is_false, Impl::bool_literal(false), impl.null_of(type)})});
    }
    return std::make_shared<resolved::Cast>(text, type, resolved::CastMode::kTry, true);
}

}  // namespace

Rel resolve_script_transform(Impl& impl, const plan::MapInPython& map) {
    auto transform = plan::script_transform_of(map);
    auto child = impl.trim(impl.resolve(map.child));
    auto line = Impl::named("line", line_of(impl, child, transform.input));
    auto input = impl.make_project(child, {line});
    auto stage = std::make_shared<resolved::PythonStage>();
    auto script = std::make_shared<resolved::PythonUdf>(DataType::string());
    script->name = "script";
    script->eval_type = resolved::eval_type::kScript;
    script->command = transform.script;
    stage->shape = resolved::PythonShape::kMap;
    stage->child = input.plan;
    stage->arguments = input.plan->output;
    stage->results = {Impl::new_attribute("line", DataType::string(), false)};
    stage->output = stage->results;
    stage->functions = {std::move(script)};
    auto lines = impl.leaf(stage);

    // What ends a field is a regular expression here. A line that has fewer fields than columns
    // leaves the last ones NULL.
    auto end = Impl::string_literal(transform.output.field_end);
    auto fields = impl.call(
        "split", {resolved::ref(lines.plan->output[0]), end, Impl::int_literal(-1)});
    auto rows = impl.make_project(lines, {Impl::named("fields", fields)});
    types::Fields columns{{"key", DataType::string()}, {"value", DataType::string()}};
    if (transform.columns) columns = *transform.columns;
    resolved::NamedExprs out;
    auto null_text = Impl::string_literal(transform.output.null_text);
    for (size_t i = 0; i < columns.size(); ++i) {
        const auto& column = columns[i];
        if (!has_text_form(*column.type))
            throw unsupported_feature("the type " + column.type->sql() + " in a script's output");
        auto place = Impl::int_literal(static_cast<int64_t>(i));
        auto field = impl.call("get", {resolved::ref(rows.plan->output[0]), place});
        auto text = transform.columns ? impl.call("nullif", {field, null_text}) : field;
        auto made = Impl::named(column.name, value_of(impl, text, column.type));
        made.attribute.nullable = true;
        out.push_back(std::move(made));
    }
    auto result = impl.make_project(rows, std::move(out));
    result.hidden = nullptr;
    return result;
}

}  // namespace hanok::analyzer
