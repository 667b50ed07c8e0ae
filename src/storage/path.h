#pragma once
// Paths as strings: schemes, joining, encoding.

#include <string>

namespace hanok::storage {

/// "s3" of "s3://b/k", "file" of "file:/x" and "file:///x", "" of a plain path. Lower case.
std::string scheme_of(const std::string& path);
/// The plain path of a "file:" URI; every other path as it is. Not decoded.
std::string strip_file_scheme(const std::string& path);
/// Is it a URI with a scheme, or a path that starts with a slash?
bool is_absolute_path(const std::string& path);
/// "s3://b/x" of "s3://b/a/../x" and "s3://b/./x"; plain paths as they are.
std::string without_dot_segments(const std::string& path);
/// The last segment; the path without it. No trailing slash on either.
std::string base_name(const std::string& path);
std::string parent_path(const std::string& path);
/// As Spark shows it: local paths as "file:/…", others as they are.
std::string shown_path(const std::string& path);

}  // namespace hanok::storage
