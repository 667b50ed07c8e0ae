#include "session/row_pages.h"

#include "session/session.h"

namespace hanok::session {

RowPages::RowPages(Session& session, const resolved::PlanPtr& plan)
    : session_(session), id_(session.checkpoint(plan, true)), rows_(session.find_checkpoint(id_)) {}

RowPages::~RowPages() { session_.drop_checkpoint(id_); }

const std::vector<types::Value>* RowPages::next() {
    if (in_page_ == page_.size()) {
        if (is_last_) return nullptr;
        auto page = std::make_shared<resolved::Limit>();
        page->child = rows_;
        page->output = rows_->output;
        page->limit = kPageRows;
        page->offset = fetched_;
        page_ = session_.platform().engine().collect(page, session_.query_context(), kPageRows);
        in_page_ = 0;
        fetched_ += static_cast<int64_t>(page_.size());
        is_last_ = static_cast<int64_t>(page_.size()) < kPageRows;
        if (page_.empty()) return nullptr;
    }
    return &page_[in_page_++];
}

}  // namespace hanok::session
