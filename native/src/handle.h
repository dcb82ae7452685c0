#pragma once

namespace heddle {

/** Node of the environment's list of open handles; the environment closes what is left when it ends. */
class Handle {
public:
	Handle() = default;
	Handle(const Handle&) = delete;
	Handle& operator=(const Handle&) = delete;
	virtual ~Handle() { unlink(); }

	/** Runs in the environment's cleanup hook: must not call into JavaScript. */
	virtual void closeAtExit() = 0;

	void insertAfter(Handle* head) {
		previous_ = head;
		next_ = head->next_;
		if (next_) next_->previous_ = this;
		head->next_ = this;
	}
	void unlink() {
		if (previous_) previous_->next_ = next_;
		if (next_) next_->previous_ = previous_;
		previous_ = next_ = nullptr;
	}
	Handle* next() const { return next_; }

private:
	Handle* previous_ = nullptr;
	Handle* next_ = nullptr;
};

class HandleList final : Handle {
public:
	void add(Handle* handle) { handle->insertAfter(this); }
	void closeAll() {
		while (Handle* handle = next()) {
			handle->unlink();
			handle->closeAtExit();
		}
	}

private:
	void closeAtExit() override {}
};

}  // namespace heddle
