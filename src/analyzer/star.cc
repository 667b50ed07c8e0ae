// `*`, `t.*`, `struct.*`, EXCEPT, and columns by regular expression.

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <memory>

#include "analyzer/field_errors.h"
#include "analyzer/impl.h"

namespace hanok::analyzer {

using resolved::Attribute;
using types::TypeId;

using Impl = Analyzer::Impl;

namespace {

bool qualifier_ends_with(const std::vector<std::string>& qualifier,
    const std::vector<std::string>& target, bool case_sensitive) {
    if (qualifier.size() < target.size()) return false;
    for (size_t i = 0; i < target.size(); ++i) {
        if (!types::names_equal(
                qualifier[qualifier.size() - target.size() + i], target[i], case_sensitive))
            return false;
    }
    return true;
}

std::string column_list(const resolved::Attributes& scope) {
    std::string out;
    for (const auto& a : scope) out += (out.empty() ? "" : ", ") + quote_identifier(a.name);
    return out;
}

}  // namespace

namespace {

// A regular expression that whole names match.
class NamePattern {
public:
    NamePattern(const std::string& pattern, bool case_sensitive) {
        uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED;
        if (!case_sensitive) options |= PCRE2_CASELESS;
        int error = 0;
        PCRE2_SIZE at = 0;
        code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
            options, &error, &at, nullptr));
        if (!code_)
            throw Error(ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.PATTERN",
                {{"functionName", "`colRegex`"}, {"parameter", "`colName`"},
                    {"value", "'" + pattern + "'"}});
        match_.reset(pcre2_match_data_create_from_pattern(code_.get(), nullptr));
    }

    bool matches(const std::string& name) const {
        return pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(name.data()), name.size(), 0,
                   0, match_.get(), nullptr) >= 0;
    }

private:
    struct Free {
        void operator()(pcre2_code* code) const { pcre2_code_free(code); }
        void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
    };
    std::unique_ptr<pcre2_code, Free> code_;
    std::unique_ptr<pcre2_match_data, Free> match_;
};

}  // namespace

TypedList Impl::star_columns(const plan::Expression& star) {
    if (!context->input) {
        throw analysis_error(
            "INVALID_USAGE_OF_STAR_OR_REGEX", {{"elem", "'*'"}, {"prettyName", "expression"}});
    }
    if (star.kind == plan::ExprKind::kStar) {
        const auto& s = star.as<plan::Star>();
        auto columns = star_of(s);
        return s.except.empty() ? columns : without_columns(std::move(columns), s);
    }
    std::string pattern;
    std::string qualifier;
    if (star.kind == plan::ExprKind::kAttribute) {
        const auto& parts = star.as<plan::Attribute>().parts;
        pattern = parts.back();
        if (parts.size() > 1) qualifier = parts[parts.size() - 2];
    } else {
        pattern = star.as<plan::RegexColumns>().pattern;
    }
    bool is_dataframe = star.kind == plan::ExprKind::kRegexColumns;
    if (is_dataframe && pattern.size() > 1 && pattern.back() == '`') {
        auto open = pattern.rfind('`', pattern.size() - 2);
        if (open != std::string::npos && open > 0) qualifier = pattern.substr(0, open - 1);
        if (open != std::string::npos)
            pattern = pattern.substr(open + 1, pattern.size() - open - 2);
    }
    TypedList columns;
    NamePattern names(pattern, options.case_sensitive);
    for (const auto& a : context->input->scope) {
        if (!qualifier.empty() &&
            !qualifier_ends_with(a.qualifier, {qualifier}, options.case_sensitive))
            continue;
        if (names.matches(a.name)) columns.push_back({resolved::ref(a), a.name});
    }
    return columns;
}

TypedList Impl::star_of(const plan::Star& star) {
    TypedList columns;
    const auto& scope = context->input->scope;
    if (star.plan_id && context->input->ids) {
        std::function<const PlanIds*(const PlanIds&)> find =
            [&](const PlanIds& tree) -> const PlanIds* {
            if (tree.plan_id == star.plan_id) return &tree;
            for (const auto& child : tree.children) {
                if (const auto* found = find(*child)) return found;
            }
            return nullptr;
        };
        const auto* tree = find(*context->input->ids);
        if (!tree) throw analysis_error("CANNOT_RESOLVE_DATAFRAME_COLUMN", {{"name", "`*`"}});
        for (const auto& a : tree->output) {
            auto it = std::find_if(
                scope.begin(), scope.end(), [&](const Attribute& s) { return s.id == a.id; });
            if (it != scope.end()) columns.push_back({resolved::ref(*it), it->name});
        }
        return columns;
    }
    if (!star.target.empty()) {
        // Keys of the other side of a USING join.
        for (const auto& a : context->input->extra) {
            bool mine = qualifier_ends_with(a.qualifier, star.target, options.case_sensitive);
            if (mine && a.name != "_metadata") columns.push_back({resolved::ref(a), a.name});
        }
    }
    for (const auto& a : scope) {
        if (!star.target.empty() &&
            !qualifier_ends_with(a.qualifier, star.target, options.case_sensitive))
            continue;
        columns.push_back({resolved::ref(a), a.name});
    }
    if (!columns.empty() || star.target.empty()) return columns;
    // Keys of the other side of a USING join stand in `extra`, so a qualifier may name only such
    // columns.
    auto base = std::make_shared<plan::Attribute>(star.target);
    auto found = find_attribute(*base);
    if (!found || !found->expr->type->is(TypeId::kStruct)) {
        auto outer = outer_star(star.target);
        if (!outer.empty()) return outer;
        throw analysis_error("CANNOT_RESOLVE_STAR_EXPAND",
            {{"targetString", quote_identifier(star.target)}, {"columns", column_list(scope)}});
    }
    const auto& fields = found->expr->type->fields();
    for (size_t i = 0; i < fields.size(); ++i)
        columns.push_back({struct_field(found->expr, i), fields[i].name});
    return columns;
}

// `t.*` in a subquery, where t stands in the enclosing query.
TypedList Impl::outer_star(const std::vector<std::string>& target) {
    TypedList columns;
    if (outers.empty() || !outers.back() || !outers.back()->context->input) return columns;
    auto scope = outers.back()->context->input->scope;
    for (const auto& a : scope) {
        if (!qualifier_ends_with(a.qualifier, target, options.case_sensitive)) continue;
        columns.push_back(use_outer({resolved::ref(a), a.name}));
    }
    return columns;
}

namespace {

// A name that is excluded with another one's whole column, or twice.
void check_overlap(const std::vector<std::vector<std::string>>& except, bool case_sensitive) {
    auto starts_with = [&](const std::vector<std::string>& name,
                           const std::vector<std::string>& start) {
        return start.size() <= name.size() &&
               std::equal(start.begin(), start.end(), name.begin(),
                   [&](const std::string& a, const std::string& b) {
                       return types::names_equal(a, b, case_sensitive);
                   });
    };
    std::string all;
    bool overlaps = false;
    for (size_t i = 0; i < except.size(); ++i) {
        for (size_t j = 0; j < except.size(); ++j)
            overlaps = overlaps || (i != j && starts_with(except[i], except[j]));
        all += (i ? ", " : "") + quote_if_needed(except[i]);
    }
    if (overlaps) throw analysis_error("EXCEPT_OVERLAPPING_COLUMNS", {{"columns", all}});
}

void check_field(
    const types::DataType& type, const std::vector<std::string>& path, bool case_sensitive) {
    const auto* parent = &type;
    for (const auto& name : path) {
        if (!parent->is(types::TypeId::kStruct)) return;
        const types::DataType* child = nullptr;
        for (const auto& field : parent->fields()) {
            if (types::names_equal(field.name, name, case_sensitive)) child = field.type.get();
        }
        if (!child) throw field_not_found(*parent, name);
        parent = child;
    }
}

}  // namespace

TypedList Impl::without_columns(TypedList columns, const plan::Star& star) {
    resolved::Attributes scope;
    for (const auto& c : columns) {
        Attribute a;
        if (c.expr->kind == resolved::ExprKind::kAttribute) {
            const auto& ref = c.expr->as<resolved::AttributeRef>();
            a = {ref.id, ref.name, ref.type, ref.nullable, ref.qualifier, ref.metadata};
        } else {
            a = new_attribute(c.name, c.expr->type, c.expr->nullable);
        }
        scope.push_back(a);
    }
    check_overlap(star.except, options.case_sensitive);
    for (const auto& name : star.except) {
        auto matches = match_name(scope, name, options.case_sensitive);
        if (matches.empty()) {
            throw analysis_error("UNRESOLVED_COLUMN.WITH_SUGGESTION",
                {{"objectName", quote_identifier(name)}, {"proposal", suggestions(name, scope)}});
        }
        auto at = static_cast<ptrdiff_t>(
            std::find_if(scope.begin(), scope.end(),
                [&](const Attribute& a) { return a.id == matches[0].attribute.id; }) -
            scope.begin());
        if (matches[0].fields.empty()) {
            scope.erase(scope.begin() + at);
            columns.erase(columns.begin() + at);
            continue;
        }
        auto& column = columns[static_cast<size_t>(at)];
        check_field(*column.expr->type, matches[0].fields, options.case_sensitive);
        column.expr = update_path(column.expr, matches[0].fields, 0, nullptr, column.name);
        scope[static_cast<size_t>(at)].type = column.expr->type;
    }
    return columns;
}

}  // namespace hanok::analyzer
