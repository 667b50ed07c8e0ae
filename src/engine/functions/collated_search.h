#pragma once
// Parts of strings found by collation: what is equal to a pattern there, whatever its bytes.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/kernel.h"

namespace hanok::engine {

// Spaces at the end, which an _RTRIM collation ignores, count when parts are searched.
class CollatedPattern {
public:
    CollatedPattern(std::string_view pattern, const std::string& collation);

    struct Match {
        size_t begin;
        size_t end;
    };
    // The first match at or behind byte `from`; the shortest there. An empty pattern matches at
    // once.
    std::optional<Match> find(std::string_view text, size_t from) const;
    // Matches one behind the other.
    std::vector<Match> find_all(std::string_view text) const;
    std::optional<Match> match_at(std::string_view text, size_t begin) const;
    bool is_empty() const { return characters_ == 0; }

private:
    std::string collation_;
    std::string key_;
    size_t characters_;
};

void add_collated_search(KernelSet& kernels);

}  // namespace hanok::engine
