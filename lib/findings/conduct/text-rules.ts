// What texts are held against: output of commands, answers of tools, messages, lines that a patch adds. Two lines a
// rule, as in command-rules.ts.
import { readRules } from "./read-rules.ts";

export const TEXT_RULES = readRules(
  "conduct",
  String.raw`
says_ignore_instructions high null AML.T0051.001 | A text tells its reader to ignore its instructions | An agent that reads it may do what the text says instead of what people said.
  /\b(?:ignore|disregard|forget|override)\s{1,5}(?:(?:all|any|the|your|my|of|these|those)\s{1,5}){0,4}(?:previous|prior|above|earlier|preceding|system)\s{1,5}(?:instructions?|prompts?|rules|messages?|directions?|context)\b/i
says_new_role medium null AML.T0054 | A text gives its reader another role | It is a usual way past what a model was taught to refuse.
  /\byou\s{1,3}are\s{1,3}now\s{1,3}(?:in\s{1,3})?(?:dan\b|developer\s{1,3}mode|an?\s{1,3}unrestricted|the\s{1,3}root|an?\s{1,3}admin)/i
says_approve high null AML.T0051.001 | A text asks to approve or merge past people | No text can approve anything here; somebody wanted it to.
  /\b(?:approve|merge|auto-?approve)\b[^.\n]{0,60}\b(?:without|skip(?:ping)?|bypass(?:ing)?)\b[^.\n]{0,40}\b(?:review|approval|asking|human|gate|confirmation|checks?)\b/i
says_disable_audit high T1562 AML.T0051.001 | A text asks to switch off what records or guards | Somebody wants what comes next not to be seen.
  /\b(?:disable|turn(?:ing)?\s{1,3}off|switch(?:ing)?\s{1,3}off|bypass|circumvent)\s{1,5}(?:(?:all|any|the|your|its)\s{1,5}){0,3}(?:audit(?:ing|\s{1,3}logs?|\s{1,3}trail)?|monitoring|guardrails?|safety\s{1,3}(?:checks?|filters?)|approval\s{1,3}gates?)\b/i
says_send_secrets high T1567 AML.T0051.001 | A text asks to send secrets somewhere | An agent that reads it may try.
  /\b(?:send|post|upload|forward|exfiltrate|transmit|e-?mail)\s{1,5}(?:(?:all|any|the|your|its|me|us|every)\s{1,5}){0,3}(?:[\w-]{1,20}\s{1,3}){0,2}(?:tokens?|api[\s_-]{0,2}keys?|credentials?|passwords?|secrets|environment\s{1,3}variables|\.env\b)[^.\n]{0,60}\b(?:to|via|at)\s{1,3}(?:https?:|me\b|us\b|this\b|my\b|[\w.-]{1,60}@|[\w-]{1,40}\.[a-z]{2,6}\b)/i
says_keep_secret high null AML.T0051.001 | A text asks to keep something from people | Instructions that are honest do not need that.
  /\bdo\s{1,3}not\s{1,3}(?:tell|inform|mention|reveal|show|notify|alert)\b[^.\n]{0,40}\b(?:the|your)\s{1,3}(?:user|human|reviewer|operator|developer|maintainer)s?\b/i
says_agents_must medium null AML.T0051.001 | A text speaks to agents and tells them to act | What agents are to do stands in the charter, not in what they read.
  /\b(?:AI|LLM|coding)\s{1,3}(?:agents?|assistants?|models?)\s{1,3}(?:must|should|have\s{1,3}to|are\s{1,3}required\s{1,3}to|reading\s{1,3}this)\b[^.\n]{0,80}\b(?:run|execute|send|fetch|approve|delete|ignore|install)\b/i
says_show_prompt medium null AML.T0056 | A text asks a model for its own instructions | They tell an attacker what to go round.
  /\b(?:reveal|print|repeat|show|output)\s{1,3}(?:me\s{1,3})?(?:all\s{1,3}of\s{1,3})?(?:your|the)\s{1,3}(?:full\s{1,3})?(?:system\s{1,3}prompt|initial\s{1,3}instructions|hidden\s{1,3}instructions)/i
chat_markers medium null AML.T0051.001 | A text holds the marks that separate speakers of a chat | A model may take what follows for somebody else's words.
  /<\|(?:im_start|im_end|system|endoftext|start_header_id)\|>|\[\/?INST\]|<<\/?SYS>>/
unseen_letters high T1027 AML.T0068 | A text holds letters that nobody sees and a model reads | They are used for nothing but hiding.
  /[\u{E0020}-\u{E007E}]{4,400}/u
link_that_carries medium T1567 AML.T0077 | An image's address carries data | Showing it sends the data away.
  /!\[[^\]\n]{0,20}\]\(https?:\/\/[^\s)?]{1,200}\?[^\s)]{0,100}(?:data|token|secret|key|env)=/i
hashes_of_passwords critical T1003.008 AML.T0055 | Shows hashes of passwords | They come from the password file of a system.
  /(?:^|\n)[a-z_][\w-]{0,31}:\$(?:1|2[aby]|5|6|7|y|gy)\$[^:\s]{10,200}:\d{0,6}:/
run_token_seen critical T1528 AML.T0055 | Shows a token of this deployment | It calls models in the name of a run, and no sandbox should ever hold it.
  /(?:^|[^A-Za-z0-9_-])ph[re]_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/
sandbox_refused medium T1611 AML.T0105 | The sandbox refused a step out of it | Somebody tried.
  /\b(?:unshare|nsenter|setns|mount|umount|ptrace|pivot_root|chroot|keyctl|bpf)\b[^\n]{0,80}(?:Operation not permitted|must be superuser)|\bbwrap:[^\n]{0,100}(?:denied|not permitted)/
system_call_refused medium T1106 AML.T0105 | The kernel ended a program for a call it may not make | Somebody tried.
  /\bBad system call\b|\bSIGSYS\b/
network_refused low T1071 AML.T0025 | There was no network to be had | Something tried to reach another host; nothing left.
  /\bNetwork is unreachable\b|\bENETUNREACH\b|\bCould not resolve host\b|\bEAI_AGAIN\b|\bTemporary failure in name resolution\b|\bNo route to host\b/
limit_reached low T1499.001 AML.T0029 | A limit of the sandbox was reached | Something took all it was given; it got no more.
  /\bNo space left on device\b|\bCannot allocate memory\b|\bResource temporarily unavailable\b|\bFile size limit exceeded\b|\bFile too large\b|\bOut of memory\b|\bneeded (?:more|too much) memory\b|\bended without a word \(SIGKILL\)/i
known_exploit high T1068 AML.T0107 | Names an exploit of the kernel | It is for getting out of a sandbox.
  /\b(?:dirty[\s_-]?(?:cow|pipe)|looney[\s_-]?tunables|pwnkit|CVE-20\d{2}-\d{4,7}[\s_-]{0,3}(?:exploit|poc))\b/i
`,
);
