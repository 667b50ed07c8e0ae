#pragma once
// What the fuzzers call, with bytes that nobody has checked. A target throws nothing but
// hanok::Error for bad input, and swallows that.

#include <cstddef>
#include <cstdint>

namespace hanok::fuzz {

/// SQL text: one or more statements.
void parser(const uint8_t* data, size_t size);

/// A serialised spark.connect.Plan.
void translator(const uint8_t* data, size_t size);

/// The first byte chooses what types the client promises, the rest is an Arrow IPC stream.
void arrow(const uint8_t* data, size_t size);

}  // namespace hanok::fuzz
