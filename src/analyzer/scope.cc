#include "analyzer/scope.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/error.h"

namespace hanok::analyzer {

using resolved::Attribute;
using resolved::Attributes;

namespace {

bool qualifier_matches(
    const Attribute& a, const std::vector<std::string>& parts, size_t count, bool case_sensitive) {
    if (a.qualifier.size() < count) return false;
    for (size_t i = 0; i < count; ++i) {
        const auto& q = a.qualifier[a.qualifier.size() - count + i];
        if (!types::names_equal(q, parts[i], case_sensitive)) return false;
    }
    return true;
}

void add_distinct(std::vector<Match>& matches, Match match) {
    for (const auto& m : matches) {
        if (m.attribute.id == match.attribute.id) return;
    }
    matches.push_back(std::move(match));
}

// All candidates agree beyond the last `kept` parts.
bool same_prefix(const std::vector<std::vector<std::string>>& names, size_t kept) {
    std::set<std::vector<std::string>> prefixes;
    for (const auto& n : names) {
        size_t end = n.size() > kept ? n.size() - kept : 0;
        prefixes.insert({n.begin(), n.begin() + static_cast<ptrdiff_t>(end)});
    }
    return prefixes.size() == 1;
}

void keep_last(std::vector<std::vector<std::string>>& names, size_t kept) {
    for (auto& n : names) {
        if (n.size() > kept) n.erase(n.begin(), n.end() - static_cast<ptrdiff_t>(kept));
    }
}

}  // namespace

std::vector<Match> match_name(
    const Attributes& scope, const std::vector<std::string>& parts, bool case_sensitive) {
    std::vector<Match> matches;
    if (parts.empty()) return matches;
    // Longest qualifier first: catalog.schema.table.column, then schema.table.column, table.column,
    // column.
    size_t longest = std::min<size_t>(parts.size() - 1, 3);
    for (size_t count = longest + 1; count-- > 0;) {
        for (const auto& a : scope) {
            if (!types::names_equal(a.name, parts[count], case_sensitive)) continue;
            if (!qualifier_matches(a, parts, count, case_sensitive)) continue;
            Match match{a, {parts.begin() + static_cast<ptrdiff_t>(count) + 1, parts.end()}};
            match.attribute.name = parts[count];
            add_distinct(matches, std::move(match));
        }
        if (!matches.empty()) return matches;
    }
    return matches;
}

PlanIdMatch match_plan_id(const PlanIds& tree, int64_t plan_id,
    const std::vector<std::string>& parts, bool case_sensitive) {
    PlanIdMatch result;
    if (tree.plan_id == plan_id) {
        result.found_plan = true;
        result.matches = match_name(tree.output, parts, case_sensitive);
        return result;
    }
    for (const auto& child : tree.children) {
        auto part = match_plan_id(*child, plan_id, parts, case_sensitive);
        result.found_plan = result.found_plan || part.found_plan;
        for (auto& m : part.matches) add_distinct(result.matches, std::move(m));
    }
    return result;
}

size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= a.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            size_t above = row[j];
            row[j] = std::min(
                {above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string suggestions(const std::vector<std::string>& parts, const Attributes& scope) {
    std::vector<std::vector<std::string>> names;
    for (const auto& a : scope) {
        auto name = a.qualifier;
        name.push_back(a.name);
        names.push_back(std::move(name));
    }
    if (names.empty()) return "";
    if (parts.size() == 1 && same_prefix(names, 1)) {
        keep_last(names, 1);
    } else if (parts.size() <= 2 && same_prefix(names, 2)) {
        keep_last(names, 2);
    }
    std::string base = quote_if_needed(parts);
    std::vector<std::pair<size_t, std::string>> ranked;
    for (const auto& n : names) {
        auto quoted = quote_identifier(n);
        ranked.emplace_back(edit_distance(quoted, base), quoted);
    }
    std::stable_sort(ranked.begin(), ranked.end(),
        [](const auto& x, const auto& y) { return x.first < y.first; });
    std::string out;
    for (size_t i = 0; i < ranked.size() && i < 5; ++i) out += (i ? ", " : "") + ranked[i].second;
    return out;
}

Attributes concat(const Attributes& a, const Attributes& b) {
    Attributes out = a;
    out.insert(out.end(), b.begin(), b.end());
    return out;
}

}  // namespace hanok::analyzer
