#pragma once
// Kernels tried through a DuckDB connection.

#include <gtest/gtest.h>

#include <duckdb.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/functions/function_lowering.h"

namespace hanok::engine {

// What an expression gives: its text, "NULL", or "error CONDITION".
inline std::string evaluated(const std::string& expression) {
    static duckdb::DuckDB database(nullptr);
    static bool is_registered = (register_kernels(*database.instance), true);
    EXPECT_TRUE(is_registered);
    duckdb::Connection connection(database);
    auto result = connection.Query("SELECT " + expression);
    if (!result->HasError()) return result->GetValue(0, 0).ToString();
    if (auto error = Error::decode(result->GetErrorObject().RawMessage()))
        return "error " + error->condition();
    return result->GetError();
}

struct KernelCase {
    const char* expression;
    const char* expected;
};

inline void check(const std::vector<KernelCase>& cases) {
    for (const auto& c : cases) EXPECT_EQ(evaluated(c.expression), c.expected) << c.expression;
}

}  // namespace hanok::engine
