#include "analyzer/generator_places.h"

#include <algorithm>
#include <map>
#include <set>

#include "analyzer/coercion.h"
#include "resolved/tree.h"

namespace hanok::analyzer {

using resolved::AttributeId;

namespace {

std::string generator_text(const SelectItem& item) {
    std::string args;
    for (const auto& arg : item.args) args += (args.empty() ? "" : ", ") + expression_sql(*arg);
    return quoted_sql(item.function + "(" + args + ")");
}

std::map<AttributeId, std::string> generated_columns(const SelectItems& items) {
    std::map<AttributeId, std::string> made;
    for (const auto& item : items) {
        for (const auto& a : item.generated) made[a.id] = a.name;
    }
    return made;
}

}  // namespace

void check_aggregated_generators(Analyzer::Impl& impl, const Rel& child, const SelectItems& items) {
    std::string generators;
    size_t count = 0;
    for (const auto& item : items) {
        if (!item.is_generator) continue;
        generators += (count++ ? ", " : "") + generator_text(item);
    }
    if (count > 1) {
        throw analysis_error("UNSUPPORTED_GENERATOR.MULTI_GENERATOR",
            {{"num", std::to_string(count)}, {"generators", generators}});
    }
    auto made = generated_columns(items);
    Context c;
    c.input = &child;
    for (const auto& item : items) {
        if (item.is_generator) continue;
        for (auto id : resolved::references(*item.column.expr)) {
            auto found = made.find(id);
            if (found == made.end()) continue;
            WithContext current(impl, c);
            throw impl.unresolved_column({found->second});
        }
    }
}

Rel select_with_generators(Analyzer::Impl& impl, const Rel& aggregated, SelectItems items) {
    resolved::NamedExprs columns;
    for (auto& item : items) {
        if (!item.is_generator) {
            columns.push_back(item.column);
            item.column = Analyzer::Impl::pass_column(item.column.attribute);
            continue;
        }
        for (auto& arg : item.args) {
            if (resolved::is_foldable(*arg)) continue;
            columns.push_back(Analyzer::Impl::named("_gen_input", arg));
            arg = resolved::ref(columns.back().attribute);
        }
    }
    auto below = impl.build_levels(aggregated, std::move(columns));
    return impl.build_select(below, std::move(items));
}

std::vector<size_t> generator_order(const SelectItems& items) {
    std::vector<size_t> pending;
    for (size_t i = 0; i < items.size(); ++i) {
        if (items[i].is_generator) pending.push_back(i);
    }
    std::vector<size_t> order;
    while (!pending.empty()) {
        std::set<AttributeId> to_come;
        for (size_t i : pending) {
            for (const auto& a : items[i].generated) to_come.insert(a.id);
        }
        auto is_ready = [&](size_t i) {
            return std::none_of(items[i].args.begin(), items[i].args.end(), [&](const auto& arg) {
                auto ids = resolved::references(*arg);
                return std::any_of(
                    ids.begin(), ids.end(), [&](AttributeId id) { return to_come.contains(id); });
            });
        };
        auto next = std::find_if(pending.begin(), pending.end(), is_ready);
        if (next == pending.end()) next = pending.begin();
        order.push_back(*next);
        pending.erase(next);
    }
    return order;
}

}  // namespace hanok::analyzer
