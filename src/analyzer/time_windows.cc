// window(…) and session_window(…): columns made below the clause that names them.

#include "analyzer/functions/time_window.h"
#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::ExprPtr;
using resolved::NamedExpr;
using resolved::NamedExprs;
using types::DataType;

using Impl = Analyzer::Impl;

namespace {

// Distinct calls among expressions.
resolved::Exprs calls_of(
    const std::vector<const ExprPtr*>& exprs, bool (*is_call)(const resolved::Expression&)) {
    resolved::Exprs found;
    for (const auto* expr : exprs) {
        resolved::transform(*expr, [&](const ExprPtr& node) -> ExprPtr {
            if (!is_call(*node)) return nullptr;
            for (const auto& known : found) {
                if (resolved::same_expression(*known, *node)) return node;
            }
            found.push_back(node);
            return node;
        });
    }
    return found;
}

}  // namespace

// The plan with more columns, which stay out of the scope.
Rel Impl::add_hidden_columns(const Rel& rel, NamedExprs more) {
    auto build = [more](const resolved::PlanPtr& below) {
        NamedExprs columns;
        for (const auto& a : below->output) columns.push_back(pass_column(a));
        columns.insert(columns.end(), more.begin(), more.end());
        return project_plan(below, std::move(columns));
    };
    return make_pass(rel, build(rel.plan), build);
}

resolved::ExprPtr Impl::window_struct(const ExprPtr& start, const ExprPtr& end) {
    auto made = call("named_struct", {string_literal("start"), start, string_literal("end"), end});
    auto typed = std::make_shared<resolved::Call>(made->as<resolved::Call>());
    typed->type = DataType::as_nullable(made->type);
    typed->nullable = false;
    return typed;
}

Rel Impl::open_sliding_window(const Rel& child, const resolved::Call& found, Attribute* column) {
    auto window = sliding_window(found);
    auto bound = [&](int64_t shift) -> ExprPtr {
        auto number = [](int64_t x) -> ExprPtr {
            return std::make_shared<resolved::Literal>(DataType::long_(), types::int_value(x));
        };
        resolved::Exprs args{
            window.time, number(window.slide), number(window.start), number(shift)};
        return std::make_shared<resolved::Call>(
            "window_bound", std::move(args), window.time->type, window.time->nullable);
    };
    auto rel = make_filter(child, call("isnotnull", {window.time}));
    resolved::Exprs windows;
    for (int64_t shift = 0; shift < window.duration; shift += window.slide)
        windows.push_back(window_struct(bound(-shift), bound(window.duration - shift)));
    if (windows.size() == 1) {
        auto made = named("window", windows[0]);
        *column = made.attribute;
        return add_hidden_columns(rel, {made});
    }
    SelectItem item;
    item.is_generator = true;
    item.function = "explode";
    item.args = {call("array", windows)};
    *column = new_attribute("window", windows[0]->type, false);
    item.generated = {*column};
    rel = make_generate(rel, item);
    auto made = resolved::ref(*column);
    auto holds = call("<", {window.time, struct_field(made, 1)});
    return make_filter(rel, holds);
}

// Rows in the order of time: a session begins where a time lies behind the end of all before it.
Rel Impl::open_session_window(
    const Rel& child, const resolved::Call& found, const resolved::Exprs& keys, Attribute* column) {
    const auto& time = found.args[0];
    auto start = named("_session_start", time);
    auto end = named("_session_end", call("+", {time, found.args[1]}));
    auto rel = add_hidden_columns(child, {start, end});
    auto s = resolved::ref(start.attribute);
    auto e = resolved::ref(end.attribute);
    rel = make_filter(rel, call("and", {call("isnotnull", {s}), call(">", {e, s})}));
    using Kind = resolved::FrameBound::Kind;
    auto over = [&](const std::string& function, const ExprPtr& of, resolved::Exprs partition,
                    bool ordered, Kind upper) {
        auto aggregated = aggregate(function, {of});
        auto w = std::make_shared<resolved::Window>(
            function, aggregated->as<resolved::Aggregate>().args, aggregated->type, true);
        w->is_aggregate = true;
        w->ansi = ansi();
        w->partition_by = std::move(partition);
        if (ordered) w->order_by = {{s, true, true}};
        w->rows_frame = true;
        w->lower.kind = Kind::kUnboundedPreceding;
        w->upper.kind = upper;
        if (upper == Kind::kPreceding) w->upper.offset = int_literal(1);
        return named("_session", w);
    };
    auto add = [&](const NamedExprs& columns) {
        resolved::Exprs exprs;
        for (const auto& c : columns) exprs.push_back(c.expr);
        rel = extract_windows(rel, exprs);
        NamedExprs made;
        for (size_t i = 0; i < columns.size(); ++i)
            made.push_back({columns[i].attribute, exprs[i]});
        rel = add_hidden_columns(rel, made);
    };
    auto before = over("max", e, keys, true, Kind::kPreceding);
    add({before});
    auto b = resolved::ref(before.attribute);
    auto begins = named(
        "_session_begins", call("if", {call("or", {call("isnull", {b}), call(">", {s, b})}),
                                          int_literal(1), int_literal(0)}));
    rel = add_hidden_columns(rel, {begins});
    auto number = over("sum", resolved::ref(begins.attribute), keys, true, Kind::kCurrentRow);
    add({number});
    auto session = keys;
    session.push_back(resolved::ref(number.attribute));
    auto first = over("min", s, session, false, Kind::kUnboundedFollowing);
    auto last = over("max", e, session, false, Kind::kUnboundedFollowing);
    add({first, last});
    auto made = named("session_window",
        window_struct(resolved::ref(first.attribute), resolved::ref(last.attribute)));
    *column = made.attribute;
    return add_hidden_columns(rel, {made});
}

Rel Impl::open_time_windows(const Rel& child, const std::vector<ExprPtr*>& exprs,
    const resolved::Exprs& keys, OpenedWindows& opened) {
    auto replace = [&](const ExprPtr& found, const Attribute& column) {
        for (auto* expr : exprs) {
            *expr = resolved::transform(*expr, [&](const ExprPtr& node) -> ExprPtr {
                return resolved::same_expression(*node, *found) ? resolved::ref(column) : nullptr;
            });
        }
    };
    for (const auto& [call, column] : opened) replace(call, column);
    std::vector<const ExprPtr*> all(exprs.begin(), exprs.end());
    auto sliding = calls_of(all, is_window_call);
    auto sessions = calls_of(all, is_session_window_call);
    if (sliding.empty() && sessions.empty()) return child;
    if (sliding.size() + sessions.size() + opened.size() > 1)
        throw analysis_error("_LEGACY_ERROR_TEMP_1039");
    const auto found = sliding.empty() ? sessions[0] : sliding[0];
    resolved::Exprs others;
    for (const auto& key : keys) {
        if (!resolved::same_expression(*key, *found)) others.push_back(key);
    }
    Attribute column;
    const auto& bound = found->as<resolved::Call>();
    auto rel = sliding.empty() ? open_session_window(child, bound, others, &column)
                               : open_sliding_window(child, bound, &column);
    rel.extra.push_back(column);
    replace(found, column);
    opened.emplace_back(found, column);
    return rel;
}

}  // namespace hanok::analyzer
