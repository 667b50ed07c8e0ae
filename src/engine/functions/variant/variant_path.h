#pragma once
// Paths into a VARIANT: $.name, $['name'], $["name"], $[0].

#include <optional>
#include <string_view>
#include <vector>

#include "engine/functions/variant/variant_view.h"

namespace hanok::engine {

struct VariantStep {
    std::string key;  // of an object, unless is_index
    size_t index = 0;
    bool is_index = false;
};

// nullopt when it is no path.
std::optional<std::vector<VariantStep>> parse_variant_path(std::string_view path);

// nullopt when there is nothing.
std::optional<VariantView> variant_at(VariantView value, const std::vector<VariantStep>& path);

}  // namespace hanok::engine
