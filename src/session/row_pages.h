#pragma once
// The rows of a plan one at a time, however many they are: FOR loops and cursors of scripts.

#include <string>
#include <vector>

#include "resolved/plan.h"
#include "types/value.h"

namespace hanok::session {

class Session;

// The plan runs once, when this is made; its rows stay with the engine, which spills them when they
// are large, until this goes. One page of them is in memory as values.
class RowPages {
public:
    RowPages(Session& session, const resolved::PlanPtr& plan);
    ~RowPages();
    RowPages(const RowPages&) = delete;
    RowPages& operator=(const RowPages&) = delete;

    const std::vector<resolved::Attribute>& columns() const { return rows_->output; }
    // The next row, valid until the next call; null at the end.
    const std::vector<types::Value>* next();

private:
    static constexpr int64_t kPageRows = 10000;

    Session& session_;
    const std::string id_;  // of the checkpoint
    resolved::PlanPtr rows_;
    std::vector<std::vector<types::Value>> page_;
    size_t in_page_ = 0;   // rows of the page that were given out
    int64_t fetched_ = 0;  // rows of all pages so far
    bool is_last_ = false;
};

}  // namespace hanok::session
