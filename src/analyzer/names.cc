// What a column name stands for, in Spark's order of precedence.

#include <algorithm>
#include <cctype>
#include <regex>

#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::Attributes;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

bool lacks_fields(const Error& e) {
    return e.condition() == "INVALID_EXTRACT_BASE_FIELD_TYPE" || e.condition() == "FIELD_NOT_FOUND";
}

Typed reference(const Attribute& a) { return {resolved::ref(a), a.name}; }

bool has_id(const Attributes& attributes, resolved::AttributeId id) {
    return std::any_of(
        attributes.begin(), attributes.end(), [&](const Attribute& a) { return a.id == id; });
}

// Does it read nothing but columns that are grouped by?
bool is_grouped(const resolved::Expression& e, const Hidden& hidden) {
    auto ids = resolved::references(e);
    return std::all_of(ids.begin(), ids.end(), [&](resolved::AttributeId id) {
        return std::any_of(
            hidden.grouping.begin(), hidden.grouping.end(), [&](const resolved::ExprPtr& g) {
                return g->kind == resolved::ExprKind::kAttribute &&
                       g->as<resolved::AttributeRef>().id == id;
            });
    });
}

// Names that are functions when written without parentheses.
const std::map<std::string, std::string>& constant_functions() {
    static const std::map<std::string, std::string> names = {
        {"current_date", "current_date"},
        {"current_timestamp", "current_timestamp"},
        {"localtimestamp", "localtimestamp"},
        {"current_time", "current_time"},
        {"current_user", "current_user"},
        {"user", "user"},
        {"session_user", "session_user"},
        {"current_catalog", "current_catalog"},
        {"current_database", "current_database"},
        {"current_schema", "current_schema"},
        {"grouping__id", "grouping_id"},
    };
    return names;
}

}  // namespace

Typed Impl::attribute(const plan::Attribute& attribute) {
    if (auto found = find_attribute(attribute)) return *found;
    if (attribute.is_metadata_column || attribute.parts.back() == "_metadata" ||
        attribute.parts[0] == "_metadata") {
        if (!include_metadata) throw NeedsMetadata();
    }
    if (attribute.plan_id) {
        throw analysis_error(
            "CANNOT_RESOLVE_DATAFRAME_COLUMN", {{"name", quote_identifier(attribute.parts)}});
    }
    throw unresolved_column(attribute.parts);
}

std::optional<Typed> Impl::find_attribute(const plan::Attribute& attribute) {
    if (!attribute.plan_id) {
        if (auto found = find_lambda(attribute.parts)) return found;
    }
    if (context->in_aggregate && context->reach_hidden) {
        if (auto found = find_hidden(attribute, *context)) return found;
    }
    if (context->prefer_grouping) {
        if (auto found = find_grouping(attribute, *context)) return found;
    }
    try {
        if (auto found = find_in_input(attribute, *context)) return found;
    } catch (const Error& e) {
        // ORDER BY a name that the select list gives twice, or to something without such fields.
        static const std::set<std::string> kFallBack{
            "AMBIGUOUS_REFERENCE", "INVALID_EXTRACT_BASE_FIELD_TYPE", "FIELD_NOT_FOUND"};
        if (!context->reach_hidden || !kFallBack.count(e.condition())) throw;
        if (context->prefer_grouping && lacks_fields(e)) throw;
        if (auto found = find_hidden(attribute, *context)) return found;
        if (e.condition() == "AMBIGUOUS_REFERENCE") throw unresolved_column(attribute.parts);
        throw;
    }
    if (context->reach_hidden) {
        if (auto found = find_hidden(attribute, *context)) return found;
    }
    if (!attribute.plan_id) {
        if (auto found = find_lateral(attribute)) return found;
        if (auto found = find_constant_function(attribute)) return found;
    }
    if (auto found = find_outer(attribute)) return found;
    if (!attribute.plan_id) return find_variable(attribute);
    return std::nullopt;
}

std::optional<Typed> Impl::find_lambda(const std::vector<std::string>& parts) {
    for (auto scope = context->lambdas.rbegin(); scope != context->lambdas.rend(); ++scope) {
        for (const auto& a : *scope) {
            if (!types::names_equal(a.name, parts[0], options.case_sensitive)) continue;
            auto variable = std::make_shared<resolved::AttributeRef>(a);
            variable->is_lambda = true;
            Typed typed{variable, "namedlambdavariable()"};
            for (size_t i = 1; i < parts.size(); ++i) typed = get_field(typed, parts[i]);
            return typed;
        }
    }
    return std::nullopt;
}

Typed Impl::lambda_variable(const std::vector<std::string>& parts) {
    if (auto found = find_lambda(parts)) return *found;
    throw unresolved_column(parts);
}

std::optional<Typed> Impl::pick(
    const std::vector<Match>& matches, const std::vector<std::string>& parts) {
    if (matches.empty()) return std::nullopt;
    if (matches.size() > 1) {
        std::vector<std::string> names;
        for (const auto& m : matches) {
            auto name = m.attribute.qualifier;
            name.push_back(m.attribute.name);
            names.push_back(quote_identifier(name));
        }
        std::sort(names.begin(), names.end());
        std::string list;
        for (const auto& n : names) list += (list.empty() ? "" : ", ") + n;
        throw analysis_error("AMBIGUOUS_REFERENCE",
            {{"name", quote_identifier(parts)}, {"referenceNames", "[" + list + "]"}});
    }
    auto typed = reference(matches[0].attribute);
    for (const auto& field : matches[0].fields) typed = get_field(typed, field);
    return typed;
}

std::optional<Typed> Impl::find_in_input(const plan::Attribute& attribute, const Context& c) {
    if (!c.input) return std::nullopt;
    if (attribute.plan_id) return find_by_plan_id(attribute, c);
    auto found = pick(
        match_name(c.input->scope, attribute.parts, options.case_sensitive), attribute.parts);
    if (!found)
        found = pick(
            match_name(c.input->extra, attribute.parts, options.case_sensitive), attribute.parts);
    if (!found || !c.substitutions) return found;
    found->expr = resolved::transform(
        found->expr, [&](const resolved::ExprPtr& e) -> resolved::ExprPtr {
            if (e->kind != resolved::ExprKind::kAttribute) return nullptr;
            auto it = c.substitutions->find(e->as<resolved::AttributeRef>().id);
            return it == c.substitutions->end() ? nullptr : it->second;
        });
    return found;
}

std::optional<Typed> Impl::find_by_plan_id(const plan::Attribute& attribute, const Context& c) {
    if (!c.input->ids) return std::nullopt;
    auto found = match_plan_id(
        *c.input->ids, *attribute.plan_id, attribute.parts, options.case_sensitive);
    std::vector<Match> visible;
    for (auto& m : found.matches) {
        // As it is now: an outer join may have made it nullable.
        for (const auto* list : {&c.input->scope, &c.input->extra}) {
            auto it = std::find_if(list->begin(), list->end(),
                [&](const Attribute& a) { return a.id == m.attribute.id; });
            if (it == list->end()) continue;
            auto name = m.attribute.name;
            m.attribute = *it;
            m.attribute.name = name;
            visible.push_back(m);
            break;
        }
    }
    if (visible.size() > 1) {
        throw analysis_error(
            "AMBIGUOUS_COLUMN_REFERENCE", {{"name", quote_identifier(attribute.parts)}});
    }
    if (visible.empty() && found.found_plan && found.matches.empty()) {
        throw unresolved_column(attribute.parts);
    }
    return pick(visible, attribute.parts);
}

std::optional<Typed> Impl::find_hidden(const plan::Attribute& attribute, const Context& c) {
    for (auto hidden = c.input->hidden; hidden; hidden = hidden->child->hidden) {
        if (hidden->kind == Hidden::Kind::kPass) continue;
        Context below;
        below.input = hidden->child.get();
        auto found = find_in_input(attribute, below);
        if (found && hidden->only_grouping && !is_grouped(*found->expr, *hidden))
            return std::nullopt;
        if (found) return found;
        if (hidden->kind == Hidden::Kind::kAggregate) return std::nullopt;
    }
    return std::nullopt;
}

// HAVING: a grouping column comes before a column of the select list.
std::optional<Typed> Impl::find_grouping(const plan::Attribute& attribute, const Context& c) {
    auto hidden = c.input->hidden;
    if (!hidden || hidden->kind != Hidden::Kind::kAggregate) return std::nullopt;
    Context below;
    below.input = hidden->child.get();
    std::optional<Typed> found;
    plan::Attribute whole(attribute.parts);
    whole.plan_id = attribute.plan_id;
    for (const auto& m : match_name(below.input->scope, attribute.parts, options.case_sensitive)) {
        auto ref = resolved::ref(m.attribute);
        bool grouped = std::any_of(hidden->grouping.begin(), hidden->grouping.end(),
            [&](const resolved::ExprPtr& g) { return resolved::same_expression(*g, *ref); });
        if (!grouped) continue;
        try {
            found = find_in_input(whole, below);
        } catch (const Error& e) {
            if (!lacks_fields(e)) throw;  // a column of the select list may have them
        }
    }
    return found;
}

std::optional<Typed> Impl::find_lateral(const plan::Attribute& attribute) {
    if (!context->lateral) return std::nullopt;
    std::vector<Match> matches;
    for (const auto& c : *context->lateral) {
        if (!types::names_equal(c.attribute.name, attribute.parts[0], options.case_sensitive))
            continue;
        matches.push_back({c.attribute, {attribute.parts.begin() + 1, attribute.parts.end()}});
    }
    if (matches.size() > 1) {
        throw analysis_error("AMBIGUOUS_LATERAL_COLUMN_ALIAS",
            {{"name", quote_identifier(attribute.parts)}, {"n", std::to_string(matches.size())}});
    }
    if (!matches.empty() && context->in_aggregate) {
        throw Error(ErrorKind::kAnalysis,
            "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC",
            {{"lca", quote_identifier(attribute.parts)},
                {"aggFunc", quoted_sql(quote_if_needed(attribute.parts))}});
    }
    return pick(matches, attribute.parts);
}

std::optional<Typed> Impl::find_outer(const plan::Attribute& attribute) {
    if (outers.empty() || !outers.back()) return std::nullopt;
    auto& outer = *outers.back();
    auto found = find_in_input(attribute, *outer.context);
    if (!found && outer.context->reach_hidden) found = find_hidden(attribute, *outer.context);
    if (!found) return std::nullopt;
    return use_outer(std::move(*found));
}

// An expression over the columns of the enclosing query, as its subquery reads it.
Typed Impl::use_outer(Typed typed) {
    auto& outer = *outers.back();
    outer.names.push_back(typed.name);
    typed.expr = resolved::transform(
        typed.expr, [&](const resolved::ExprPtr& e) -> resolved::ExprPtr {
            if (e->kind != resolved::ExprKind::kAttribute) return nullptr;
            const auto& ref = e->as<resolved::AttributeRef>();
            if (ref.is_lambda) return nullptr;
            Attribute a{ref.id, ref.name, ref.type, ref.nullable, ref.qualifier, ref.metadata};
            if (!has_id(outer.used, a.id)) outer.used.push_back(a);
            return std::make_shared<resolved::OuterAttributeRef>(a);
        });
    return typed;
}

std::string Impl::outer_name(const resolved::Expression& expr) const {
    const auto& ref = expr.as<resolved::OuterAttributeRef>();
    std::vector<std::string> parts{ref.name};
    if (!outers.empty() && outers.back()) {
        for (const auto& a : outers.back()->used) {
            if (a.id == ref.id) parts.insert(parts.begin(), a.qualifier.begin(), a.qualifier.end());
        }
    }
    return "outer(" + quote_if_needed(parts) + ")";
}

Typed Impl::outer_reference(const plan::OuterReference& reference) {
    if (reference.child->kind != plan::ExprKind::kAttribute) return expression(reference.child);
    const auto& attribute = reference.child->as<plan::Attribute>();
    if (auto found = find_outer(attribute)) return *found;
    return expression(reference.child);
}

std::optional<Typed> Impl::find_constant_function(const plan::Attribute& attribute) {
    if (attribute.parts.size() != 1) return std::nullopt;
    auto it = constant_functions().find(types::to_lower(attribute.parts[0]));
    if (it == constant_functions().end()) return std::nullopt;
    auto call = std::make_shared<plan::Function>(it->second, plan::Exprs{});
    call->origin = attribute.origin;
    return function(*call);
}

std::optional<Typed> Impl::find_variable(const plan::Attribute& attribute) {
    // The variable's own name takes one to three parts; the rest are fields.
    for (size_t count = std::min<size_t>(attribute.parts.size(), 3); count > 0; --count) {
        auto end = attribute.parts.begin() + static_cast<ptrdiff_t>(count);
        auto variable = resolver.variable({attribute.parts.begin(), end});
        if (!variable) continue;
        note_temporary("VARIABLE", variable->name);
        auto literal = std::make_shared<resolved::Literal>(variable->type, variable->value);
        literal->spelling =
            "variablereference(" + quote_if_needed(variable->name) + "=" +
            types::value_sql(variable->value, *variable->type, options.functions.time_zone) + ")";
        Typed typed{literal, literal->spelling};
        for (auto field = end; field != attribute.parts.end(); ++field)
            typed = get_field(typed, *field);
        return typed;
    }
    return std::nullopt;
}

Error Impl::unresolved_column(const std::vector<std::string>& parts) {
    ErrorParameters p{{"objectName", quote_identifier(parts)}};
    auto proposal = context && context->input ? suggestions(parts, context->input->scope) : "";
    if (proposal.empty())
        return analysis_error("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", std::move(p));
    p["proposal"] = proposal;
    return analysis_error("UNRESOLVED_COLUMN.WITH_SUGGESTION", std::move(p));
}

bool Impl::is_star(const plan::ExprPtr& expr) {
    return expr->kind == plan::ExprKind::kStar || expr->kind == plan::ExprKind::kRegexColumns ||
           is_quoted_regex(*expr);
}

// Names that are no plain words are regular expressions when the session says so.
bool Impl::is_quoted_regex(const plan::Expression& expr) {
    if (expr.kind != plan::ExprKind::kAttribute) return false;
    const auto& name = expr.as<plan::Attribute>().parts.back();
    bool is_plain = std::all_of(name.begin(), name.end(),
        [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c >= 0x80; });
    return !is_plain && conf("spark.sql.parser.quotedRegexColumnNames", "false") == "true";
}

}  // namespace hanok::analyzer
