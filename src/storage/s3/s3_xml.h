#pragma once
// The few XML documents of S3.

#include <string>
#include <string_view>
#include <vector>

#include "storage/object_store.h"

namespace hanok::storage {

/// The text of the first element of that name, at any depth, entities resolved; "" without one.
std::string xml_text(std::string_view document, const std::string& element);

struct S3ListPage {
    struct Object {
        std::string key;
        int64_t size_bytes = 0;
        int64_t modified_ms = 0;  // whole seconds, as HEAD answers them
        std::string etag;
    };
    std::vector<Object> objects;
    std::vector<std::string> prefixes;
    std::string next_token;  // "" on the last page
};

/// An answer to ListObjectsV2. Throws Error STORAGE_ERROR when it is none.
S3ListPage parse_list_page(const std::string& document, const std::string& path);

/// The keys of a DeleteObjects answer that could not be removed, each with its reason.
std::vector<std::string> parse_delete_errors(const std::string& document);

std::string delete_request(const std::vector<std::string>& keys);
std::string complete_request(const std::vector<std::string>& etags);

}  // namespace hanok::storage
