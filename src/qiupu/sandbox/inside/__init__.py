"""Programs that run inside the sandbox. They import nothing of ours, and nothing of ours imports them."""
