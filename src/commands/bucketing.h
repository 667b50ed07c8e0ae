#pragma once
// How a table of data files is bucketed. The catalog keeps it among the table's properties, under
// the keys that Spark's catalogs use; readers of properties do not see them.

#include <map>
#include <optional>
#include <string>

#include "plan/command.h"
#include "types/data_type.h"

namespace hanok::commands {

using PropertyMap = std::map<std::string, std::string>;

// Throws where the table has no such columns, or the number of buckets is none.
void check_buckets(const plan::BucketSpec& buckets, const types::DataType& columns,
    const std::vector<std::string>& partition_columns, const std::string& table_name);
void put_buckets(const plan::BucketSpec& buckets, PropertyMap* properties);
// Takes them out of the properties.
std::optional<plan::BucketSpec> take_buckets(PropertyMap* properties);

}  // namespace hanok::commands
