#pragma once
// How to reach one bucket: from Hadoop's fs.s3a.* keys, then from the AWS environment variables.

#include <cstdint>
#include <string>
#include <vector>

#include "storage/s3/sigv4.h"
#include "storage/store_settings.h"

namespace hanok::storage {

struct S3Settings {
    std::string bucket;
    std::string endpoint;  // "https://s3.eu-west-1.amazonaws.com": scheme, host, port; no path
    std::string region;
    bool path_style = false;  // else the bucket stands before the host
    bool is_anonymous = false;
    S3Credentials credentials;
    std::string ca_file;
    int attempts = 5;
    int64_t retry_interval_ms = 100;  // before the second attempt, then doubled
    int64_t connect_timeout_ms = 5000;
    int64_t stall_timeout_ms = 30000;
    int64_t part_bytes = 16 << 20;  // of multipart uploads
    NameValues write_headers;       // encryption, access control list
    NameValues all_headers;         // requester pays
};

/// `fs.s3a.bucket.BUCKET.X` goes before `fs.s3a.X`. Throws Error INVALID_STORAGE_CONFIG for values
/// that make no sense, UNSUPPORTED_FEATURE for credential providers and encryption we do not have.
S3Settings s3_settings(const StoreSettings& settings, const std::string& bucket);

}  // namespace hanok::storage
