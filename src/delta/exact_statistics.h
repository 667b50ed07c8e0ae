#pragma once
// What the log proves of the rows of a data file. Statistics serve skipping even where they are
// only bounds; here only what is exact counts, so that a query can be answered with it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::delta {

/// Does the log hold minimum and maximum of such a column without rounding? Strings are cut,
/// timestamps are rounded to milliseconds, floats leave NaN out.
bool has_exact_bounds(const types::DataType& type);

/// A column of the data files.
struct ExactColumn {
    std::string physical_name;
    types::TypePtr type;
};

struct ExactBounds {
    bool known = false;
    types::Value min;  // NULL where no row has a value
    types::Value max;
};

struct ExactFacts {
    int64_t rows = 0;                              // deleted ones left out
    std::vector<std::optional<int64_t>> not_null;  // by column: rows with a value
    std::vector<ExactBounds> bounds;               // by column
};

/// nullopt where the statistics do not even tell the number of rows.
std::optional<ExactFacts> exact_facts(const AddFile& file, const std::vector<ExactColumn>& columns);

}  // namespace hanok::delta
