#include "analyzer/function.h"

#include "analyzer/functions/geo.h"
#include "analyzer/functions/vector.h"

#include <algorithm>

namespace hanok::analyzer {

const FunctionRegistry& FunctionRegistry::builtin() {
    static const FunctionRegistry registry = [] {
        FunctionRegistry r;
        register_operators(r);
        register_conditional(r);
        register_math(r);
        register_string(r);
        register_conversion(r);
        register_hash_misc(r);
        register_json_csv_xml(r);
        register_aggregate(r);
        register_window(r);
        register_generator(r);
        register_datetime(r);
        register_collection(r);
        register_higher_order(r);
        register_struct_map(r);
        register_variant(r);
        register_geo(r);
        register_sketch(r);
        register_vector(r);
        return r;
    }();
    return registry;
}

namespace {

auto position(std::vector<std::pair<std::string, std::shared_ptr<const FunctionDef>>>& entries,
    const std::string& name) {
    return std::lower_bound(entries.begin(), entries.end(), name,
        [](const auto& e, const auto& n) { return e.first < n; });
}

}  // namespace

const FunctionDef* FunctionRegistry::find(std::string_view name) const {
    auto it = std::lower_bound(entries_.begin(), entries_.end(), name,
        [](const auto& e, std::string_view n) { return e.first < n; });
    return it != entries_.end() && it->first == name ? it->second.get() : nullptr;
}

std::vector<const FunctionDef*> FunctionRegistry::all() const {
    std::vector<const FunctionDef*> out;
    for (const auto& entry : entries_) out.push_back(entry.second.get());
    return out;
}

void FunctionRegistry::add(FunctionDef def) {
    auto it = position(entries_, def.name);
    if (it != entries_.end() && it->first == def.name)
        throw internal_error("function " + def.name + " registered twice");
    auto name = def.name;
    entries_.insert(it, {name, std::make_shared<const FunctionDef>(std::move(def))});
}

void FunctionRegistry::add_alias(const std::string& alias, const std::string& name) {
    const auto* original = find(name);
    if (original == nullptr)
        throw internal_error("alias " + alias + " of unknown function " + name);
    FunctionDef def = *original;
    def.name = alias;
    add(std::move(def));
}

}  // namespace hanok::analyzer
