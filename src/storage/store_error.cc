#include "storage/store_error.h"

#include <cerrno>
#include <system_error>

namespace hanok::storage {

Error store_error(const std::string& operation, const std::string& path, int error_number) {
    std::string condition = "STORAGE_ERROR";
    if (error_number == ENOSPC || error_number == EDQUOT) condition = "STORAGE_FULL";
    if (error_number == EACCES || error_number == EPERM || error_number == EROFS)
        condition = "STORAGE_ACCESS_DENIED";
    return runtime_error(condition, {{"operation", operation}, {"path", path},
                                        {"reason", std::generic_category().message(error_number)}});
}

}  // namespace hanok::storage
