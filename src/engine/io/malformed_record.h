#pragma once
// What happens to a record that is no record of the schema, by the parse mode.

#include <duckdb.hpp>
#include <string>
#include <string_view>

#include "engine/io/csv_options.h"

namespace hanok::engine {

// Throws the error of FAILFAST as InvalidInputException(Error::encode()).
[[noreturn]] void throw_malformed_record(std::string_view record);

// A query that asks for nothing but the corrupt records of a raw file.
[[noreturn]] void throw_only_corrupt_record();

}  // namespace hanok::engine
