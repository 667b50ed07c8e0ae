#include "sql/plan_text.h"

#include "base/error.h"
#include "types/data_type.h"

namespace hanok::sql {

using namespace plan;  // NOLINT: every node of plan is named below

namespace {

std::string list(const Exprs& exprs) {
    std::string out;
    for (const auto& e : exprs) out += (out.empty() ? "" : ", ") + expr_text(e);
    return out;
}

std::string names(const std::vector<std::string>& list, const char* separator = ", ") {
    std::string out;
    for (const auto& n : list) out += (out.empty() ? "" : separator) + n;
    return out;
}

std::string literal_text(const Literal& l) {
    std::string name = types::value_name(l.value, *l.type);
    if (l.value.is_null()) return "null";
    switch (l.type->id()) {
        case types::TypeId::kInteger:
        case types::TypeId::kBoolean: return name;
        case types::TypeId::kDecimal: return name + ":" + l.type->simple_string();
        default: return types::value_sql(l.value, *l.type);
    }
}

std::string bound_text(const FrameBound& b) {
    if (b.kind == FrameBound::Kind::kUnbounded)
        return b.is_following ? "unbounded-following" : "unbounded";
    if (b.kind == FrameBound::Kind::kCurrentRow) return "current";
    return expr_text(b.value);
}

std::string window_text(const WindowSpec& w) {
    std::string out = w.reference;
    auto add = [&](const std::string& text) { out += (out.empty() ? "" : " ") + text; };
    if (!w.partition_by.empty()) add("partition " + list(w.partition_by));
    if (!w.order_by.empty()) add("order " + list(w.order_by));
    if (w.frame) {
        add(std::string(w.frame->type == FrameType::kRows ? "rows " : "range ") +
            bound_text(w.frame->lower) + ".." + bound_text(w.frame->upper));
    }
    return out;
}

std::string function_text(const Function& f) {
    std::string out = quote_if_needed(f.name);
    if (f.name.size() == 1) out = f.name[0];
    out += "(" + std::string(f.distinct ? "distinct " : "") + list(f.args) + ")";
    if (!f.within_group.empty()) out += " within(" + list(f.within_group) + ")";
    if (f.filter) out += " filter(" + expr_text(f.filter) + ")";
    if (f.ignore_nulls) out += *f.ignore_nulls ? " ignore-nulls" : " respect-nulls";
    return out;
}

std::string subquery_text(const Subquery& s) {
    std::string in = s.in_values.empty() ? "" : "[" + list(s.in_values) + "]";
    const char* kind = s.subquery_kind == SubqueryKind::kScalar   ? "scalar"
                       : s.subquery_kind == SubqueryKind::kExists ? "exists"
                       : s.subquery_kind == SubqueryKind::kIn     ? "in-query"
                                                                  : "table";
    return kind + in + "(" + relation_text(s.plan) + ")";
}

std::string star_text(const Star& s) {
    std::string out = s.target.empty() ? "*" : quote_if_needed(s.target) + ".*";
    if (s.except.empty()) return out;
    std::string except;
    for (const auto& n : s.except) except += (except.empty() ? "" : ", ") + quote_if_needed(n);
    return out + " except(" + except + ")";
}

std::string alias_text(const Alias& a) {
    std::string name = a.names.size() == 1 ? a.names[0] : "(" + names(a.names) + ")";
    return expr_text(a.child) + " as " + name;
}

std::string sort_text(const SortOrder& s) {
    std::string out = expr_text(s.child);
    if (!s.ascending) out += " desc";
    if (s.nulls == NullsOrder::kFirst) out += " nulls-first";
    if (s.nulls == NullsOrder::kLast) out += " nulls-last";
    return out;
}

}  // namespace

std::string expr_text(const ExprPtr& e) {
    if (!e) return "none";
    switch (e->kind) {
        case ExprKind::kLiteral: return literal_text(e->as<Literal>());
        case ExprKind::kAttribute: {
            std::string out;
            for (const auto& p : e->as<Attribute>().parts) {
                bool plain = p.find_first_of(" .`") == std::string::npos && !p.empty();
                out += (out.empty() ? "" : ".") + (plain ? p : quote_identifier(p));
            }
            return out;
        }
        case ExprKind::kStar: return star_text(e->as<Star>());
        case ExprKind::kFunction: return function_text(e->as<Function>());
        case ExprKind::kCast: {
            const auto& c = e->as<Cast>();
            return (c.mode == CastMode::kTry ? "try_cast(" : "cast(") + expr_text(c.child) +
                   " as " + c.type->simple_string() + ")";
        }
        case ExprKind::kAlias: return alias_text(e->as<Alias>());
        case ExprKind::kSortOrder: return sort_text(e->as<SortOrder>());
        case ExprKind::kWindow:
            return expr_text(e->as<Window>().function) + " over(" +
                   window_text(e->as<Window>().spec) + ")";
        case ExprKind::kLambda:
            return "(" + names(e->as<Lambda>().parameters) + ") -> " +
                   expr_text(e->as<Lambda>().body);
        case ExprKind::kExtractValue:
            return expr_text(e->as<ExtractValue>().child) + "[" +
                   expr_text(e->as<ExtractValue>().extraction) + "]";
        case ExprKind::kSubquery: return subquery_text(e->as<Subquery>());
        case ExprKind::kNamedArgument:
            return e->as<NamedArgument>().name + " => " + expr_text(e->as<NamedArgument>().value);
        case ExprKind::kParameter: {
            const auto& p = e->as<Parameter>();
            return p.name.empty() ? "?" + std::to_string(p.position) : ":" + p.name;
        }
        case ExprKind::kIdentifierClause: {
            const auto& c = e->as<IdentifierClause>();
            return "identifier(" + expr_text(c.name) + ")" +
                   (c.call_args ? "(" + list(*c.call_args) + ")" : "");
        }
        default: return "expr" + std::to_string(static_cast<int>(e->kind));
    }
}

namespace {

std::string table_text(const NamedTable& t) {
    std::string out = t.identifier ? "identifier(" + expr_text(t.identifier) + ")"
                                   : quote_if_needed(t.name);
    if (t.is_streaming) out = "stream " + out;
    if (t.time_travel && t.time_travel->version)
        out += " version " + expr_text(t.time_travel->version);
    if (t.time_travel && t.time_travel->timestamp)
        out += " timestamp " + expr_text(t.time_travel->timestamp);
    for (const auto& [k, v] : t.options) out += " " + k + "=" + v;
    return out;
}

std::string join_text(const Join& j) {
    static constexpr const char* kTypes[] = {
        "join", "cross", "left", "right", "full", "semi", "anti"};
    std::string out = kTypes[static_cast<int>(j.type)];
    if (j.natural) out = "natural-" + out;
    if (j.lateral) out += "-lateral";
    out += "(" + relation_text(j.left) + ", " + relation_text(j.right);
    if (j.condition) out += ", " + expr_text(j.condition);
    if (!j.using_columns.empty()) out += ", using " + names(j.using_columns, " ");
    if (j.nearest) {
        out += ", nearest[" + std::to_string(j.nearest->count) +
               (j.nearest->descending ? " similar " : " distant ") + expr_text(j.nearest->rank) +
               "]";
    }
    return out + ")";
}

std::string set_text(const SetOperation& s) {
    static constexpr const char* kTypes[] = {"union", "intersect", "except"};
    return std::string(kTypes[static_cast<int>(s.type)]) + (s.all ? "-all" : "") + "(" +
           relation_text(s.left) + ", " + relation_text(s.right) + ")";
}

std::string aggregate_text(const Aggregate& a) {
    static constexpr const char* kKinds[] = {"", " rollup", " cube", " sets", " all"};
    std::string sets;
    for (const auto& s : a.grouping_sets)
        sets += (sets.empty() ? "" : ", ") + ("(" + list(s) + ")");
    return std::string("aggregate") + kKinds[static_cast<int>(a.grouping_kind)] +
           (a.is_pipe ? " pipe" : "") + "[" + list(a.grouping) +
           (sets.empty() ? "" : " sets " + sets) + "; " + list(a.columns) + "](" +
           relation_text(a.child) + ")";
}

std::string values_text(const Values& v) {
    std::string rows;
    for (const auto& row : v.rows) rows += (rows.empty() ? "(" : ", (") + list(row) + ")";
    return "values[" + rows + "]";
}

std::string with_text(const With& w) {
    std::string out = w.recursive ? "with-recursive[" : "with[";
    bool first = true;
    for (const auto& c : w.ctes) {
        out += std::string(first ? "" : ", ") + c.name +
               (c.columns.empty() ? "" : "(" + names(c.columns) + ")") + "=" +
               relation_text(c.plan);
        first = false;
    }
    return out + "](" + relation_text(w.child) + ")";
}

std::string unpivot_text(const Unpivot& u) {
    std::string groups;
    for (size_t i = 0; u.values && i < u.values->size(); ++i) {
        groups += (groups.empty() ? "(" : ", (") + list((*u.values)[i]) + ")" +
                  (u.value_aliases[i].empty() ? "" : " as " + u.value_aliases[i]);
    }
    return std::string("unpivot[") + names(u.value_column_names) + " for " +
           u.variable_column_name + " in " + groups + (u.include_nulls ? " with nulls" : "") +
           "](" + relation_text(u.child) + ")";
}

std::string sample_text(const Sample& s) {
    std::string size = s.rows ? std::to_string(*s.rows) + " rows"
                              : types::double_to_string(s.upper);
    return "sample[" + size + (s.seed ? " seed " + std::to_string(*s.seed) : "") + "](" +
           relation_text(s.child) + ")";
}

std::string sort_relation_text(const Sort& s) {
    std::string name = s.order_by_all ? "sort-all" : s.global ? "sort" : "local-sort";
    return name + "[" + list(s.order) + "](" + relation_text(s.child) + ")";
}

}  // namespace

namespace {

std::string unary(const std::string& head, const RelationPtr& child) {
    return head + "(" + relation_text(child) + ")";
}

// Relations that change the rows of one child, but not its columns; and the rest.
std::string other_text(const RelationPtr& r) {
    switch (r->kind) {
        case RelationKind::kSort: return sort_relation_text(r->as<Sort>());
        case RelationKind::kLimit:
            return unary("limit[" + expr_text(r->as<Limit>().limit) + "]", r->as<Limit>().child);
        case RelationKind::kOffset:
            return unary(
                "offset[" + expr_text(r->as<Offset>().offset) + "]", r->as<Offset>().child);
        case RelationKind::kDistinct: return unary("distinct", r->as<Distinct>().child);
        case RelationKind::kSubqueryAlias: {
            const auto& a = r->as<SubqueryAlias>();
            return unary(
                a.alias + (a.columns.empty() ? "" : "{" + names(a.columns) + "}"), a.child);
        }
        case RelationKind::kWith: return with_text(r->as<With>());
        case RelationKind::kGenerate: {
            const auto& g = r->as<Generate>();
            return unary(std::string(g.outer ? "generate-outer[" : "generate[") +
                             expr_text(g.generator) + " " + g.alias + " " + names(g.columns) + "]",
                g.child);
        }
        case RelationKind::kSample: return sample_text(r->as<Sample>());
        case RelationKind::kRepartition:
            return unary("repartition[" + list(r->as<Repartition>().expressions) + "]",
                r->as<Repartition>().child);
        case RelationKind::kHint:
            return unary("hint[" + r->as<Hint>().name + "(" + list(r->as<Hint>().parameters) + ")]",
                r->as<Hint>().child);
        case RelationKind::kWithColumns:
            return unary("with-columns[" + list(r->as<WithColumns>().columns) + "]",
                r->as<WithColumns>().child);
        case RelationKind::kWindowDefinitions: {
            const auto& w = r->as<WindowDefinitions>();
            std::string head = "windows[";
            for (const auto& [name, spec] : w.windows)
                head += name + "=(" + window_text(spec) + ")";
            return unary(head + "]", w.child);
        }
        default: return "relation" + std::to_string(static_cast<int>(r->kind));
    }
}

}  // namespace

std::string relation_text(const RelationPtr& r) {
    if (!r) return "none";
    switch (r->kind) {
        case RelationKind::kOneRow: return "one-row";
        case RelationKind::kNamedTable: return table_text(r->as<NamedTable>());
        case RelationKind::kValues: return values_text(r->as<Values>());
        case RelationKind::kTableFunction:
            return "tvf " + quote_if_needed(r->as<TableFunction>().name) + "(" +
                   list(r->as<TableFunction>().args) + ")";
        case RelationKind::kProject:
            return unary("project[" + list(r->as<Project>().columns) + "]", r->as<Project>().child);
        case RelationKind::kFilter: {
            const auto& f = r->as<Filter>();
            return unary(
                (f.is_having ? "having[" : "filter[") + expr_text(f.condition) + "]", f.child);
        }
        case RelationKind::kAggregate: return aggregate_text(r->as<Aggregate>());
        case RelationKind::kPivot: {
            const auto& p = r->as<Pivot>();
            return unary("pivot[" + list(p.aggregates) + " for " + list(p.columns) + " in " +
                             list(p.values) + "]",
                p.child);
        }
        case RelationKind::kUnpivot: return unpivot_text(r->as<Unpivot>());
        case RelationKind::kJoin: return join_text(r->as<Join>());
        case RelationKind::kSetOperation: return set_text(r->as<SetOperation>());
        default: return other_text(r);
    }
}

}  // namespace hanok::sql
