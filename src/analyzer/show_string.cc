// The text of df.show() and of notebooks' HTML tables.

#include <algorithm>

#include "analyzer/impl.h"
#include "analyzer/text_table.h"

namespace hanok::analyzer {

using types::DataType;
using types::TypeId;
using types::Value;

using Impl = Analyzer::Impl;

std::vector<std::vector<Value>> Impl::collect(const resolved::PlanPtr& plan, int64_t max_rows) {
    if (cte_plans.empty()) return resolver.collect(plan, max_rows);
    auto with = std::make_shared<resolved::WithCte>();
    with->child = plan;
    with->output = plan->output;
    with->definitions = cte_plans;
    return resolver.collect(with, max_rows);
}

Rel Impl::values_rel(
    const resolved::Attributes& columns, const std::vector<std::vector<Value>>& rows) {
    auto plan = std::make_shared<resolved::Values>();
    plan->output = columns;
    for (const auto& row : rows) {
        resolved::Exprs exprs;
        for (size_t i = 0; i < columns.size(); ++i) {
            exprs.push_back(std::make_shared<resolved::Literal>(columns[i].type, row[i]));
        }
        plan->rows.push_back(std::move(exprs));
    }
    return leaf(plan);
}

Rel Impl::text_rel(const std::string& column, std::string text) {
    return values_rel({new_attribute(column, DataType::string(), false)},
        {{types::string_value(std::move(text))}});
}

// Header and at most `num_rows` rows, as text that shows no control characters.
std::vector<std::vector<std::string>> Impl::shown_rows(
    const Rel& child, int32_t num_rows, bool* more) {
    int64_t limit = std::max(0, num_rows);
    resolved::NamedExprs columns;
    for (size_t i = 0; i < child.scope.size(); ++i) {
        const auto& a = child.plan->output[i];
        bool is_variant = a.type->is(TypeId::kVariant);
        columns.push_back(named(child.scope[i].name,
            is_variant ? call("to_json", {resolved::ref(a)}) : resolved::ref(a)));
    }
    auto projected = make_project(child, std::move(columns));
    auto plan = std::make_shared<resolved::Limit>();
    plan->child = projected.plan;
    plan->output = projected.plan->output;
    plan->limit = limit + 1;
    auto values = collect(plan, limit + 1);
    *more = static_cast<int64_t>(values.size()) > limit;
    if (*more) values.resize(static_cast<size_t>(limit));
    std::vector<std::vector<std::string>> rows(1);
    for (const auto& a : child.scope) rows[0].push_back(visible_text(a.name));
    for (const auto& row : values) {
        std::vector<std::string> cells;
        for (size_t i = 0; i < row.size(); ++i) {
            cells.push_back(visible_text(
                pretty_value(row[i], *plan->output[i].type, options.functions.time_zone)));
        }
        rows.push_back(std::move(cells));
    }
    return rows;
}

Rel Impl::resolve_show_string(const plan::ShowString& show) {
    auto child = trim(resolve(show.child));
    bool more = false;
    auto rows = shown_rows(child, show.num_rows, &more);
    auto text = show.vertical ? vertical_table(std::move(rows), show.truncate)
                              : text_table(std::move(rows), show.truncate);
    if (more) {
        text += "only showing top " + std::to_string(std::max(0, show.num_rows)) +
                (show.num_rows == 1 ? " row\n" : " rows\n");
    }
    return text_rel("show_string", std::move(text));
}

Rel Impl::resolve_html_string(const plan::HtmlString& html) {
    auto child = trim(resolve(html.child));
    bool more = false;
    auto rows = shown_rows(child, html.num_rows, &more);
    auto text = html_table(std::move(rows), html.truncate);
    if (more) {
        text += "only showing top " + std::to_string(std::max(0, html.num_rows)) +
                (html.num_rows == 1 ? " row\n" : " rows\n");
    }
    return text_rel("html_string", std::move(text));
}

}  // namespace hanok::analyzer
