#pragma once
// Results of Arrow calls that cannot fail with sound input.

#include <arrow/result.h>
#include <arrow/status.h>

#include <string>
#include <utility>

#include "base/error.h"

namespace hanok::types {

/// INTERNAL_ERROR with Arrow's text when the call failed.
inline void must(const arrow::Status& status) {
    if (!status.ok()) throw internal_error("Arrow: " + status.ToString());
}
template <class T>
T must(arrow::Result<T> result) {
    must(result.status());
    return std::move(result).ValueOrDie();
}

}  // namespace hanok::types
