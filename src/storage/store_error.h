#pragma once
// Errors of stores.

#include <string>

#include "base/error.h"

namespace hanok::storage {

/// STORAGE_FULL for a full disk or quota, STORAGE_ACCESS_DENIED, else STORAGE_ERROR.
Error store_error(const std::string& operation, const std::string& path, int error_number);

}  // namespace hanok::storage
