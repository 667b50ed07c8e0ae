// OVER clauses: named windows, default and given frames.

#include <fmt/format.h>

#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::ExprKind;
using resolved::ExprPtr;
using resolved::FrameBound;
using types::DataType;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

constexpr const char* kDocRoot = "https://spark.apache.org/docs/latest";

bool is_offset_function(const std::string& name) { return name == "lag" || name == "lead"; }

FrameBound simple_bound(FrameBound::Kind kind) {
    FrameBound b;
    b.kind = kind;
    return b;
}

const char* bound_name(FrameBound::Kind kind) {
    switch (kind) {
        case FrameBound::Kind::kUnboundedPreceding: return "UNBOUNDED PRECEDING";
        case FrameBound::Kind::kUnboundedFollowing: return "UNBOUNDED FOLLOWING";
        default: return "CURRENT ROW";
    }
}

bool is_negative(const types::Value& v) {
    if (std::holds_alternative<int64_t>(v.v)) return v.as_int() < 0;
    if (std::holds_alternative<double>(v.v)) return v.as_double() < 0;
    if (std::holds_alternative<types::Int128>(v.v)) return v.as_decimal() < 0;
    if (std::holds_alternative<types::CalendarInterval>(v.v)) {
        const auto& i = v.as_interval();
        return i.months < 0 ||
               (i.months == 0 && (i.days < 0 || (i.days == 0 && i.microseconds < 0)));
    }
    return false;
}

types::Value absolute(const types::Value& v) {
    if (!is_negative(v)) return v;
    if (std::holds_alternative<int64_t>(v.v)) return types::int_value(-v.as_int());
    if (std::holds_alternative<double>(v.v)) return types::double_value(-v.as_double());
    if (std::holds_alternative<types::Int128>(v.v)) return types::decimal_value(-v.as_decimal());
    auto i = v.as_interval();
    return types::Value(types::CalendarInterval{-i.months, -i.days, -i.microseconds});
}

// "3 PRECEDING" comes as the negation of 3.
const plan::Expression* negated(const plan::Expression& e) {
    if (e.kind != plan::ExprKind::kFunction) return nullptr;
    const auto& f = e.as<plan::Function>();
    bool negation = f.name.size() == 1 && f.args.size() == 1 &&
                    (f.name[0] == "-" || f.name[0] == "negative");
    return negation ? f.args[0].get() : nullptr;
}

// Order statistics are computed over the partition as a whole.
bool needs_whole_partition(const resolved::Window& w) {
    static const std::set<std::string> names{
        "percentile_cont", "percentile_disc", "median", "listagg", "string_agg"};
    return names.count(w.function) != 0 || (w.function == "mode" && !w.within_group.empty());
}

bool same_offset_type(const DataType& order, const DataType& offset) {
    if (order.is_numeric()) return offset.is_numeric();
    if (order.is(TypeId::kDate))
        return offset.is_integral() || offset.is_ansi_interval() ||
               offset.is(TypeId::kCalendarInterval);
    if (order.is_datetime())
        return offset.is_ansi_interval() || offset.is(TypeId::kCalendarInterval);
    return order.id() == offset.id() && order.is_ansi_interval();
}

// A RANGE bound is cast to the type of what is ordered by; dates and timestamps keep theirs.
bool takes_cast(const DataType& order, const DataType& offset) {
    bool keeps = order.is_datetime() || order.is(TypeId::kDate) || order == offset;
    return !keeps && can_cast(offset, order, true);
}

bool is_range_offset(const DataType& type) {
    return type.is_numeric() || type.is_ansi_interval() || type.is(TypeId::kCalendarInterval);
}

std::shared_ptr<resolved::Window> over_window(const resolved::Aggregate& a) {
    auto w = std::make_shared<resolved::Window>(a.function, a.args, a.type, a.nullable);
    w->is_aggregate = true;
    w->distinct = a.distinct;
    w->filter = a.filter;
    w->ignore_nulls = a.ignore_nulls;
    w->within_group = a.within_group;
    w->ansi = a.ansi;
    w->python = a.python;
    return w;
}

}  // namespace

plan::WindowSpec Impl::named_window(const plan::WindowSpec& spec) {
    if (spec.reference.empty()) return spec;
    const WindowSpecs* known = context->windows ? context->windows : windows;
    if (known) {
        for (const auto& [name, definition] : *known) {
            if (!types::names_equal(name, spec.reference)) continue;
            auto base = named_window(definition);
            if (spec.partition_by.empty() && spec.order_by.empty() && !spec.frame) return base;
            if (!spec.order_by.empty()) base.order_by = spec.order_by;
            if (!spec.partition_by.empty()) base.partition_by = spec.partition_by;
            if (spec.frame) base.frame = spec.frame;
            return base;
        }
    }
    throw analysis_error(
        "MISSING_WINDOW_SPECIFICATION", {{"windowName", spec.reference}, {"docroot", kDocRoot}});
}

FrameBound Impl::frame_bound(
    const plan::FrameBound& bound, bool lower, const resolved::Window& w, std::string* name) {
    using Kind = plan::FrameBound::Kind;
    FrameBound out;
    if (bound.kind != Kind::kValue) {
        if (bound.kind == Kind::kCurrentRow) {
            out.kind = FrameBound::Kind::kCurrentRow;
        } else {
            out.kind = bound.is_following ? FrameBound::Kind::kUnboundedFollowing
                                          : FrameBound::Kind::kUnboundedPreceding;
        }
        *name = bound_name(out.kind);
        return out;
    }
    auto typed = expression(bound.value);
    const auto* positive = negated(*bound.value);
    std::string location = lower ? "lower" : "upper";
    if (!resolved::is_foldable(*typed.expr)) {
        throw datatype_mismatch("SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE", typed.name,
            {{"location", location}, {"expression", quoted_sql(typed.name)}});
    }
    if (w.rows_frame && !typed.expr->type->is_integral()) {
        throw datatype_mismatch("SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", typed.name,
            {{"location", location}, {"exprType", quoted_type(*typed.expr->type)},
                {"expectedType", "\"INT\""}});
    }
    *name = positive ? expression_sql(*resolved::children(*typed.expr).at(0)) + " PRECEDING"
                     : typed.name + " FOLLOWING";
    bool by_range = !w.rows_frame && w.order_by.size() == 1;
    if (by_range && takes_cast(*w.order_by[0].expr->type, *typed.expr->type)) {
        typed.expr = cast_to(typed.expr, w.order_by[0].expr->type, ansi());
        *name = typed.name + " FOLLOWING";
    }
    if (by_range && !is_range_offset(*typed.expr->type)) {
        throw datatype_mismatch("SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", typed.name,
            {{"location", location}, {"exprType", quoted_type(*typed.expr->type)},
                {"expectedType",
                    "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or "
                    "\"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")"}});
    }
    auto value = fold_typed(typed.expr);
    auto type = typed.expr->type;
    if (by_range) {
        const auto& order = w.order_by[0].expr->type;
        if (!same_offset_type(*order, *type)) {
            throw datatype_mismatch("RANGE_FRAME_INVALID_TYPE", typed.name,
                {{"orderSpecType", quoted_type(*order)},
                    {"valueBoundaryType", quoted_type(*type)}});
        }
    }
    bool preceding = is_negative(value);
    out.kind = preceding ? FrameBound::Kind::kPreceding : FrameBound::Kind::kFollowing;
    out.offset = std::make_shared<resolved::Literal>(type, absolute(value));
    return out;
}

// Gives the frame as the column name shows it.
std::string Impl::set_frame(resolved::Window& w, const plan::WindowSpec& spec) {
    using Kind = FrameBound::Kind;
    if (!w.is_aggregate && is_offset_function(w.function)) {
        w.rows_frame = true;
        w.lower = w.upper = simple_bound(Kind::kCurrentRow);
        std::string offset = w.args.size() > 1 ? expression_sql(*w.args[1]) : "1";
        if (w.function == "lag") offset = offset[0] == '-' ? offset.substr(1) : "-" + offset;
        return "ROWS BETWEEN " + offset + " FOLLOWING AND " + offset + " FOLLOWING";
    }
    bool own_frame = !w.is_aggregate && w.function != "nth_value";
    if (own_frame) {
        w.rows_frame = w.function != "cume_dist";
        w.lower = simple_bound(Kind::kUnboundedPreceding);
        w.upper = simple_bound(Kind::kCurrentRow);
        return std::string(w.rows_frame ? "ROWS" : "RANGE") +
               " BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
    }
    if (!spec.frame) {
        w.rows_frame = w.order_by.empty();
        w.lower = simple_bound(Kind::kUnboundedPreceding);
        w.upper = simple_bound(w.order_by.empty() ? Kind::kUnboundedFollowing : Kind::kCurrentRow);
        return fmt::format("{} BETWEEN UNBOUNDED PRECEDING AND {}", w.rows_frame ? "ROWS" : "RANGE",
            bound_name(w.upper.kind));
    }
    w.rows_frame = spec.frame->type == plan::FrameType::kRows;
    std::string lower;
    std::string upper;
    w.lower = frame_bound(spec.frame->lower, true, w, &lower);
    w.upper = frame_bound(spec.frame->upper, false, w, &upper);
    auto text = fmt::format("{} BETWEEN {} AND {}", w.rows_frame ? "ROWS" : "RANGE", lower, upper);
    bool unbounded = w.lower.kind == Kind::kUnboundedPreceding &&
                     w.upper.kind == Kind::kUnboundedFollowing;
    bool by_value = w.lower.offset || w.upper.offset;
    if (!w.rows_frame && !unbounded && w.order_by.empty())
        throw datatype_mismatch("RANGE_FRAME_WITHOUT_ORDER", text, {});
    if (!w.rows_frame && by_value && w.order_by.size() > 1) {
        std::string orders;
        for (const auto& o : w.order_by)
            orders += (orders.empty() ? "" : ", ") + expression_sql(*o.expr);
        throw datatype_mismatch("RANGE_FRAME_MULTI_ORDER", text, {{"orderSpec", orders}});
    }
    if (w.lower.kind == Kind::kUnboundedFollowing || w.upper.kind == Kind::kUnboundedPreceding ||
        w.lower.kind > w.upper.kind) {
        throw datatype_mismatch("SPECIFIED_WINDOW_FRAME_INVALID_BOUND", text,
            {{"lower", quoted_sql(lower)}, {"upper", quoted_sql(upper)}});
    }
    return text;
}

Typed Impl::window(const plan::Window& window) {
    auto spec = named_window(window.spec);
    Context inner = *context;
    inner.in_window = true;
    auto function = resolve_in(inner, window.function);
    bool is_window_function = function.expr->kind == ExprKind::kWindow;
    if (!resolved::contains(*function.expr, ExprKind::kAggregate) && !is_window_function) {
        throw analysis_error(
            "UNSUPPORTED_EXPR_FOR_WINDOW", {{"sqlExpr", quoted_sql(function.name)}});
    }
    std::string over;
    resolved::Exprs partitions;
    for (const auto& p : spec.partition_by) {
        auto typed = expression(p);
        over += (over.empty() ? "PARTITION BY " : ", ") + typed.name;
        partitions.push_back(typed.expr);
    }
    std::vector<resolved::SortOrder> orders;
    for (size_t i = 0; i < spec.order_by.size(); ++i) {
        const auto& e = spec.order_by[i];
        orders.push_back(sort_order(e, *context));
        const auto& child = e->kind == plan::ExprKind::kSortOrder ? e->as<plan::SortOrder>().child
                                                                  : e;
        over += i ? ", " : (over.empty() ? "ORDER BY " : " ORDER BY ");
        over += expression(child).name + (orders.back().ascending ? " ASC" : " DESC") +
                (orders.back().nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
    if (is_window_function && orders.empty()) {
        throw analysis_error("WINDOW_FUNCTION_FRAME_NOT_ORDERED",
            {{"wf_name", function.expr->as<resolved::Window>().function},
                {"wf_expr", function.name}});
    }
    std::string frame;
    auto finish = [&](std::shared_ptr<resolved::Window> w) {
        w->partition_by = partitions;
        w->order_by = orders;
        frame = set_frame(*w, spec);
        w->origin = window.origin;
        return w;
    };
    bool outermost = true;
    auto made = resolved::transform(function.expr, [&](const ExprPtr& e) -> ExprPtr {
        if (e->kind == ExprKind::kWindow) {
            if (!outermost) return nullptr;
            outermost = false;
            return finish(std::make_shared<resolved::Window>(e->as<resolved::Window>()));
        }
        if (e->kind != ExprKind::kAggregate || is_window_function) return nullptr;
        auto w = over_window(e->as<resolved::Aggregate>());
        if (w->distinct)
            throw analysis_error("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED",
                {{"windowExpr", quoted_sql(function.name)}});
        auto finished = finish(std::move(w));
        bool whole = finished->lower.kind == FrameBound::Kind::kUnboundedPreceding &&
                     finished->upper.kind == FrameBound::Kind::kUnboundedFollowing;
        if (needs_whole_partition(*finished) && (!orders.empty() || !whole)) {
            throw analysis_error("INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC",
                {{"aggFunc", quoted_sql(function.name)}});
        }
        return finished;
    });
    return {
        made, fmt::format("{} OVER ({}{}{})", function.name, over, over.empty() ? "" : " ", frame)};
}

}  // namespace hanok::analyzer
