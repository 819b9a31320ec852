// What commands are held against. Two lines a rule: id, severity, ATT&CK, ATLAS, what was seen, why it matters; and the
// pattern. Repetitions are bounded, so that matching takes time in proportion to the text (a test holds that).
import { readRules } from "./read-rules.ts";

export const COMMAND_RULES = readRules(
  "conduct",
  String.raw`
reverse_shell_socket critical T1059.004 AML.T0050 | A shell's input and output go to a socket | Whoever is at the other end types into the sandbox.
  /\/dev\/(?:tcp|udp)\/[\w.$\{\}-]{1,100}\/[\w$]{1,12}/
reverse_shell_netcat critical T1059.004 AML.T0050 | Netcat hands a program to the network | Whoever connects gets that program, usually a shell.
  /\b(?:nc|ncat|netcat)\b[^|;\n]{0,80} -(?:[a-z]{0,5}[ec]|-exec|-sh-exec)\b/
reverse_shell_script critical T1059.006 AML.T0050 | A script ties a shell to a socket | It is the usual one-line remote shell.
  /(?:\bsocket\b|\bnet\.(?:connect|createConnection|Socket)\b)[^\n]{0,300}(?:\bdup2\b|pty\.spawn|\/bin\/(?:ba|z|da)?sh\b|child_process)/i
reverse_shell_socat critical T1059.004 AML.T0050 | Socat ties a program to the network | Whoever connects gets that program.
  /\bsocat\b[^\n]{0,200}\b(?:exec|system):/i
shell_through_pipe high T1059.004 AML.T0050 | A named pipe feeds a shell | With a network tool at its other end this is a remote shell.
  /\bmkfifo\b[^\n]{0,150}\|\s{0,5}(?:\/bin\/)?(?:ba|z|da)?sh\b/
download_and_run high T1105 AML.T0050 | What was downloaded goes straight into an interpreter | Nobody sees what runs, and it can change between two downloads.
  /\b(?:curl|wget|fetch)\b[^|;\n]{0,300}\|\s{0,5}(?:sudo\s{1,5})?(?:\/[\w/]{1,20}\/)?(?:(?:ba|z|da|k)?sh|python[\d.]{0,4}|perl|ruby|node)\b/
run_of_download high T1105 AML.T0050 | A shell runs the answer of a download | Nobody sees what runs, and it can change between two downloads.
  /\b(?:(?:ba|z|da)?sh|eval|source)\b[^|;\n]{0,40}(?:<\(|\$\(|\x60)\s{0,3}(?:curl|wget)\b/
decode_and_run high T1140 AML.T0068 | Decoded text goes straight into a shell | Encoding hides from people what is run.
  /\b(?:base64|base32|xxd|openssl)\b[^|;\n]{0,100}\s-(?:d|D|r|-decode)\b[^|;\n]{0,100}\|\s{0,5}(?:sudo\s{1,5})?(?:(?:ba|z|da)?sh|python[\d.]{0,4}|perl|node)\b/
evaluate_encoded high T1027 AML.T0068 | Encoded text is evaluated as code | Encoding hides from people what is run.
  /\b(?:exec|eval)\s{0,3}\(\s{0,3}(?:[\w()'"]{1,40}\.){0,3}(?:b64decode|atob|fromhex|unhexlify|decompress)\b|\bpowershell\b[^\n]{0,60} -e(?:nc|ncodedcommand)\b/i
password_files high T1003.008 AML.T0055 | Reaches for the files of password hashes | Nothing of a repository is there.
  /\/etc\/(?:g?shadow|sudoers)\b/
other_process_memory high T1003.007 AML.T0055 | Reaches into a process by way of /proc | Environment and memory of processes hold tokens, and root leads out of a sandbox that has holes.
  /\/proc\/(?:\d{1,8}|self|\*|\$[\w\{\}$]{1,20}|\[[^\]\n]{1,20}\][*]?)\/(?:environ|mem|root)\b/
kernel_memory critical T1003 AML.T0105 | Reaches for the memory of the kernel | It holds everything of the host.
  /\/dev\/k?mem\b|\/dev\/port\b|\/proc\/kcore\b/
cloud_metadata high T1552.005 AML.T0055 | Asks the metadata service of a cloud | It hands out the credentials of the machine.
  /\b169\.254\.169\.254\b|\b169\.254\.170\.2\b|\b100\.100\.100\.200\b|\bmetadata\.google\.internal\b|\bfd00:ec2::254\b|\b0xa9fea9fe\b|\b2852039166\b/i
dns_tunnel high T1071.004 AML.T0025 | Puts computed text into questions to the DNS | Names that are asked for carry data out where nothing else gets through.
  /\b(?:iodine|dnscat2?|dns2tcp)\b|\b(?:dig|nslookup|host|getent\s{1,3}hosts)\b[^|;\n]{0,60}(?:\$\(|\x60|\$\{?\w)/
cron_persistence high T1053.003 AML.T0081 | Plants something that the clock starts | It would outlive the run.
  /\bcrontab\s{1,5}(?:-(?!l\b)|[\w/.<$])|(?:>|\btee\b|\bcp\b|\bmv\b)[^|;\n]{0,80}\/(?:etc\/cron|var\/spool\/cron)/
at_job medium T1053.002 AML.T0081 | Leaves something to be started later | It would outlive the command.
  /(?:^|[|;&(]|-l?c)\s{0,3}at\s{1,3}(?:now|midnight|noon|tomorrow|-f\s|\d{1,2}:\d{2})/
service_persistence high T1543.002 AML.T0081 | Plants a service | It would outlive the run.
  /\bsystemctl\b[^|;\n]{0,40}\b(?:enable|link|edit)\b|(?:>|\btee\b|\bcp\b|\bmv\b)[^|;\n]{0,80}\/systemd\/(?:system|user)\//
shell_profile medium T1546.004 AML.T0081 | Writes into the start-up files of a shell | Whoever opens a shell there runs it.
  /(?:>|\btee\b[^|;\n]{0,20})\s{0,3}(?:~|\$\{?HOME\}?|\/root|\/home\/[\w.-]{1,40})?\/(?:etc\/profile|etc\/bash\.bashrc|\.(?:bashrc|bash_profile|profile|zshrc|zshenv|zprofile)\b)/
authorized_keys high T1098.004 AML.T0012 | Touches who may come in by SSH | A key there is a way back.
  /\.ssh\/authorized_keys\b/
ssh_private_key high T1552.004 AML.T0055 | Reaches for a private SSH key | It opens other machines and repositories.
  /\.ssh\/id_(?:rsa|dsa|ecdsa|ed25519)\b(?!\.pub)/
git_credentials high T1552.001 AML.T0055 | Reaches for stored credentials of git | They open repositories past every gate.
  /\bgit\b[^|;\n]{0,60}\s(?:credential(?:-store|-cache)?\s|\S{0,20}credential\.helper)|\.git-credentials\b|\.netrc\b/
git_runs_programs medium T1546 AML.T0081 | Makes git start a program | Whoever uses git there later runs it.
  /\bcore\.(?:hooksPath|fsmonitor|sshCommand|pager|editor|gitProxy)\b|\.git\/hooks\/(?![\w-]{1,40}\.sample)[\w-]{2,40}|\bfilter\.[\w-]{1,40}\.(?:clean|smudge|process)\b|\bdiff\.external\b/i
cloud_credentials high T1552.001 AML.T0055 | Reaches for credentials in a home folder | They open clouds, clusters and registries.
  /\/\.(?:aws\/credentials|config\/gcloud\/|azure\/|kube\/config|docker\/config\.json|pypirc\b|config\/gh\/hosts)/
agent_credentials high T1552.001 AML.T0083 | Reaches for the credentials of an agent program | They call models in somebody else's name.
  /\.codex\/auth\.json|\.claude\/\.credentials|\.config\/(?:openai|anthropic)\b|\.gemini\/oauth/
search_for_keys medium T1552.001 AML.T0055 | Searches for keys | Work on code does not need them.
  /\b(?:grep|rg|find|ag|ack)\b[^|;\n]{0,120}(?:AKIA|PRIVATE KEY|aws_secret|_authToken|\.pem\b|id_rsa|id_ed25519)/
environment_away high T1041 AML.T0025 | Sends the environment somewhere | It holds tokens.
  /\b(?:env|printenv)\s{0,3}\|[^\n]{0,100}\b(?:curl|wget|nc|ncat|base64|xxd)\b/
file_upload medium T1048 AML.T0086 | Uploads a file | There is no network to do that by; trying it is what counts.
  /\bcurl\b[^|;\n]{0,200}\s(?:-[A-Za-z]{0,4}[FTd]\s{0,3}|--(?:data|data-binary|data-raw|form|upload-file)[ =])["']?(?:[\w.-]{1,40}=)?@|\bwget\b[^|;\n]{0,120}--post-file\b/
drop_host high T1567 AML.T0086 | Names a place where things are dropped anonymously | It is used to carry data out.
  /\b(?:transfer\.sh|file\.io|0x0\.st|webhook\.site|pastebin\.com|pipedream\.net|requestbin\.\w{2,5}|interact\.sh|oast\.(?:fun|pro|live|me|site|online)|burpcollaborator\.net|api\.telegram\.org\/bot\w{0,20}|discord(?:app)?\.com\/api\/webhooks)(?!\w)/i
address_by_number medium T1071.001 AML.T0025 | Goes to a host by its number | Names can be allowed and watched, numbers go past both.
  /\b(?:curl|wget|nc|ncat|telnet|ssh|scp|rsync|ping)\b[^|;\n]{0,150}[\s/@](?!127\.|0\.0\.0\.0)(?:\d{1,3}\.){3}\d{1,3}\b/
address_by_ipv6 medium T1071.001 AML.T0025 | Goes to a host by its IPv6 number | Names can be allowed and watched, numbers go past both.
  /\/\/\[(?!::1\])[0-9a-f:.]{2,45}\]|\bping6\b\s{1,3}\S|\b(?:curl|wget|ping)\b[^|;\n]{0,60}\s-6\b/i
proxy_changed medium T1090 AML.T0025 | Sets or takes away a proxy | It looks for another way out than the one it was given.
  /\b(?:https?|all)_proxy=["']?\w|\bunset\s{1,3}(?:https?|all)_proxy\b|\bcurl\b[^|;\n]{0,120}\s(?:--proxy|--noproxy|--socks\w{0,9}|-x)\s/i
names_changed medium T1565.001 AML.T0025 | Changes how names are resolved | Traffic to one host then goes to another.
  /(?:>|\btee\b[^|;\n]{0,20})\s{0,3}\/etc\/(?:resolv\.conf|hosts|nsswitch\.conf)\b/
tunnel high T1572 AML.T0025 | Opens a tunnel | What goes through it is seen by nobody.
  /\b(?:ngrok|cloudflared|frpc|chisel|wg-quick|tailscaled?)\s{1,5}[\w-]|\bssh\b[^|;\n]{0,80}\s-[a-zA-Z]{0,4}[RDL]\s{0,2}[\w.:]{0,40}\d/
network_scan medium T1046 null | Looks for hosts and open ports | Work on code does not need it.
  /\b(?:nmap|masscan|zmap|rustscan|arp-scan)\s{1,5}\S|\bnc\b[^|;\n]{0,40}\s-[a-z]{0,4}z[^|;\n]{0,60}\d{1,5}-\d{1,5}\b/
other_registry medium T1195.002 AML.T0010 | Takes packages from another registry | What comes from there was checked by nobody.
  /\b(?:npm|pnpm|yarn|pip3?|uv)\b[^|;\n]{0,120}--(?:registry|index-url|extra-index-url)[ =]\S/
audit_disabled critical T1562.012 AML.T0107 | Switches off what records or watches | What comes after it is not to be seen.
  /\bauditctl\b[^|;\n]{0,20}\s-[eD]\b|\b(?:systemctl|service|pkill|killall)\b[^|;\n]{0,60}\b(?:auditd|rsyslogd?|syslog-ng|falco|osqueryd|falcon-sensor)\b/
firewall_disabled high T1562.004 AML.T0107 | Takes down a firewall | It stands between this and everything else.
  /\bip6?tables\b[^|;\n]{0,40}\s(?:-F|--flush)\b|\bufw\s{1,3}disable\b|\bnft\b[^|;\n]{0,20}\sflush\b|\bsetenforce\s{1,3}0\b/
history_cleared medium T1070.003 AML.T0107 | Clears the history of a shell | What was done before is not to be seen.
  /\bhistory\s{1,3}-[cw]\b|\bunset\s{1,3}HISTFILE\b|\bHISTFILE=(?:\/dev\/null|["']{2})|\bHIST(?:FILE)?SIZE=0\b|\b(?:rm|shred|truncate|ln)\b[^|;\n]{0,60}\.(?:bash|zsh|sh|python)_history\b/
logs_wiped high T1070.002 AML.T0107 | Empties or removes logs of the system | What was done before is not to be seen.
  /(?:\brm\b|\bshred\b|\btruncate\b|>)[^|;\n]{0,60}\/var\/log\/|\bjournalctl\b[^|;\n]{0,40}--vacuum/
process_attached high T1055.008 AML.T0105 | Attaches to another process | It reads and changes what that process holds.
  /\b(?:gdb|strace|ltrace|lldb)\b[^|;\n]{0,60}\s(?:-p|--pid|--attach)[ =]?(?:\d|\$)|\byama\/ptrace_scope\b|\bprocess_vm_(?:readv|writev)\b|\bPTRACE_(?:ATTACH|SEIZE|POKE\w{4})\b/i
name_spaces high T1611 AML.T0105 | Makes or enters name spaces | It is the first step of most ways out of a sandbox.
  /\b(?:nsenter|unshare)\s{1,5}(?:-|\/|\w{1,10}\s-)|\bsetns\s{0,3}\(|\bCLONE_NEWUSER\b/
control_groups critical T1611 AML.T0105 | Reaches for control groups | A release agent there runs on the host.
  /\brelease_agent\b|\bnotify_on_release\b|\/sys\/fs\/cgroup\/[\w./-]{0,80}cgroup\.procs\b/
container_socket critical T1611 AML.T0105 | Talks to the socket of a container engine | Whoever may is root on the host.
  /\/run\/(?:docker|containerd\/containerd|crio\/crio|podman\/podman)\.sock\b|\bDOCKER_HOST=\S/
privileged_container critical T1610 AML.T0105 | Starts a container that sees the host | It is root on the host.
  /\b(?:docker|podman|nerdctl)\b[^|;\n]{0,150}(?:--privileged|--pid[= ]host|--net(?:work)?[= ]host|--cap-add[= ]\w{0,12}(?:ALL|SYS_ADMIN)|\s-v\s{0,3}\/:)/
preloaded_library high T1574.006 AML.T0107 | Puts a library of its own into other programs | They then do what it says.
  /\bLD_(?:PRELOAD|AUDIT)=\S|\/etc\/ld\.so\.preload\b/
kernel_module critical T1547.006 AML.T0105 | Loads or removes a part of the kernel | It is above every wall of the sandbox.
  /\b(?:insmod|modprobe|rmmod|kexec)\s{1,5}[\w./-]|\/sys\/kernel\/(?:core_pattern|modprobe)\b|\bsysrq-trigger\b/
mass_deletion high T1485 AML.T0101 | Deletes far above the work tree | Outside a sandbox it would be the end of the machine.
  /\brm\s{1,3}(?:-[\w-]{1,20}\s{1,3}){0,4}-(?:[a-z]{0,5}[rR][a-z]{0,5}|-recursive)\s{1,3}(?:-[\w-]{1,20}\s{1,3}){0,4}(?:["']{0,1})(?:\/|~|\$\{?HOME\}?|\/(?:etc|usr|var|home|root|boot|lib|opt|srv))(?:\/?[*]?)["']?(?:\s|;|&|$)|--no-preserve-root\b|\bfind\s{1,3}(?:\/|~|\$HOME)\s[^|;\n]{0,100}-(?:delete|exec\s{1,3}rm)\b/
disk_wiped critical T1561.002 AML.T0101 | Writes over a disk | Nothing of it comes back.
  /\bdd\b[^|;\n]{0,100}\bof=\/dev\/(?:sd|nvme|vd|hd|xvd|mmcblk|disk)|\bmkfs(?:\.\w{1,8})?\s{1,3}\S|\bwipefs\s|\bblkdiscard\s/
fork_bomb high T1499.001 AML.T0029 | Starts processes without end | It takes the machine from everybody else.
  /:\s{0,2}\(\s{0,2}\)\s{0,2}\{\s{0,2}:\s{0,2}\|\s{0,2}:|\bfork\s{0,3}(?:\(\))?\s{1,3}while\s{1,3}(?:1|true)\b|\bwhile\s{1,3}(?:1|True|true)\b[^\n]{0,20}\bfork\b/
all_of_something medium T1499.001 AML.T0029 | Fills memory or a disk | It takes the machine from everybody else.
  /(?:cat|dd)\b[^|;\n]{0,40}\/dev\/(?:zero|urandom)[^|;\n]{0,60}(?:>\s{0,3}|of=)\/(?:dev\/shm|tmp|work|var)\/|\bfallocate\b[^|;\n]{0,40}\s\d{1,6}[GT]\b|\btruncate\b[^|;\n]{0,40}\s\d{1,6}T\b|\bstress(?:-ng)?\s{1,3}--/
set_user_id high T1548.001 null | Makes a program run as its owner | It is a way to become that owner later.
  /\bchmod\b[^|;\n]{0,20}\s(?:[ugoa]{0,3}\+[rwxt]{0,3}s|[2467][0-7]{3})\b|\bsetcap\s{1,3}\S/
superuser low T1548.003 null | Asks to be the superuser | Nothing in a sandbox needs it.
  /(?:^|[|;&\s(])(?:sudo|doas|pkexec)\s{1,5}[\w/-]|\bsu\s{1,3}(?:-|root\b)/
account_made high T1136.001 AML.T0012 | Makes or changes an account | It is a way back.
  /\b(?:useradd|adduser|usermod|chpasswd)\s{1,5}[\w-]|>\s{0,3}\/etc\/passwd\b/
agent_instructions medium null AML.T0081 | Writes what agents read as instructions | The next agent in this repository does what it says.
  />\s{0,3}["']?[\w./~$-]{0,80}(?:AGENTS\.md|CLAUDE\.md|GEMINI\.md|\.mcp\.json|\.claude\/|\.codex\/|\.cursor\/)/
coin_miner high T1496.001 AML.T0034 | Mines coins | It takes the machine for somebody else's gain.
  /\b(?:xmrig|minerd|cpuminer|ethminer|nbminer)\b|\bstratum\+(?:tcp|ssl):\/\//i
attack_tools high T1588.002 AML.T0016 | Names a tool for attacks | Work on code does not need it.
  /\b(?:linpeas|LinEnum|mimipenguin|pspy(?:32|64)?|msfvenom|msfconsole|sqlmap|hydra|hashcat|gcore)\b\s{0,1}(?:\.sh|-|\s|$)/
rare_system_calls medium T1106 AML.T0105 | Makes system calls that few programs need | The kernel has had holes behind them.
  /\bio_uring_(?:setup|enter|register)\b|\b(?:userfaultfd|bpf|keyctl|open_by_handle_at)\s{0,2}\(|\bsyscall\(\s{0,3}\d{2,3}\b/
deaf_to_signals low T1564.011 AML.T0107 | Makes a process deaf to being ended | It would outlive its command.
  /\btrap\s{1,3}(?:''|""|:)\s{1,3}(?:SIG)?[A-Z ]{0,30}\bTERM\b|\bSIG_IGN\b|\$SIG\{TERM\}\s{0,3}=\s{0,3}.?IGNORE/
left_behind low T1564.011 AML.T0107 | Starts a process that is nobody's child | It would outlive its command.
  /\b(?:nohup|setsid|disown)\b\s{0,5}[\w/-]|\bdaemon\(\s{0,3}0|\bPOSIX::setsid\b/
unix_sockets medium T1559 AML.T0105 | Talks to a unix socket | Services of a host listen there.
  /\bAF_UNIX\b|\bcurl\b[^|;\n]{0,60}--(?:abstract-)?unix-socket\b|\bnc\b[^|;\n]{0,30}\s-[a-z]{0,4}U\s|\bABSTRACT-CONNECT:/
other_work_trees medium T1083 AML.T0105 | Looks for other runs on the host | What they hold is somebody else's.
  /\/(?:var\/lib|srv|opt|data|tmp)\/pilothouse\b|\bpilothouse-(?:runner|sandbox|slot)\b|\/proc\/\d{1,8}\/cwd\b/
`,
);
