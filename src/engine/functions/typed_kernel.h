#pragma once
// Kernels over arguments of any Spark type. Their first arguments are constants: the argument types
// as JSON text, and what else the kernel needs to know of the query.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/functions/kernel.h"
#include "engine/functions/nested_column.h"

namespace hanok::engine {

// What a typed kernel is bound with.
struct TypedCall {
    std::vector<std::string> constants;  // "" for NULL
    std::vector<types::TypePtr> types;   // of the arguments behind the constants
    types::TypePtr result;               // when one was given
};

using TypedRun = std::function<void(const TypedCall&, std::vector<NestedColumn>& columns,
    duckdb::idx_t count, duckdb::Vector& result)>;

struct TypedOptions {
    size_t constants = 0;
    duckdb::LogicalType result;  // used unless the call has a result type of its own
    bool keeps_nulls = false;    // the kernel sees NULL arguments; else they give NULL
    bool is_fallible = false;
};

// Registers name(types JSON, result type JSON or NULL, constant…, argument…).
void add_typed_kernel(
    KernelSet& kernels, const std::string& name, TypedOptions options, TypedRun run);

// As add_typed_kernel for kernels that read or write a format: they see NULLs, may raise, and what
// they raise goes through the engine as text.
void add_format_kernel(KernelSet& kernels, const std::string& name, size_t constants,
    const duckdb::LogicalType& result, TypedRun run);

// As add_typed_kernel for kernels of one column that make a string; false is NULL.
void add_text_kernel(KernelSet& kernels, const std::string& name, size_t constants,
    std::function<bool(const TypedCall&, const NestedColumn&, duckdb::idx_t, std::string&)> run);

}  // namespace hanok::engine
