#pragma once
// Where a plan node came from, for error messages.

#include <memory>
#include <string>

#include "base/error.h"

namespace hanok::plan {

struct Origin {
    std::shared_ptr<const std::string> text;  // the statement; null for DataFrame nodes
    int start = -1;                           // 0-based byte offsets into `text`, stop inclusive
    int stop = -1;
    std::string object_type;  // "VIEW" when the text is a view's body
    std::string object_name;
    // DataFrame nodes: the method ("select") and the Python line that called it.
    std::string method;
    std::string call_site;

    bool known() const { return text != nullptr || !call_site.empty() || !method.empty(); }
};

using OriginPtr = std::shared_ptr<const Origin>;

// The context an error at this place carries, with a summary that points at the fragment.
QueryContext query_context(const Origin& origin);

}  // namespace hanok::plan
